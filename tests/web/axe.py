"""axe on a page as it stands: what it finds serious, in words."""

from pathlib import Path

from tests.sdk.node import install

HERE = Path(__file__).parent
RUN = """async ([impacts, options]) => {
  await new Promise(requestAnimationFrame); // a change of the theme is drawn in the next frame
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  const found = violations.filter(({ impact }) => impacts.includes(impact));
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) =>
    `${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map(({ message }) => message).join(" ")}`));
}"""
IMPACTS = ("serious", "critical")
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # all that a theme changes


def source():
    """The script, of the locked version."""
    return (install(HERE) / "axe-core" / "axe.min.js").read_text()


def check(tab, script, options=None):
    """Run it on a tab, which keeps it until it goes elsewhere."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(script)
    return tab.evaluate(RUN, [IMPACTS, options or {}])
