"""Facts about what people write."""

import pytest

from content.text import caption_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Blue\nhour", "Blue<br>hour"),
        ("<b>&'\"", "&lt;b&gt;&amp;&#x27;&quot;"),
        ("#Sea", "#Sea"),
        ("(@ana)", '(<a href="/@ana/">@ana</a>)'),
        ("@Ana.b.", '<a href="/@ana.b/">@Ana.b</a>.'),
        ("@ana_é", "@ana_é"),
        ("@" + "a" * 31, "@" + "a" * 31),
        ("ana@example.org", "ana@example.org"),
        ("https://x.org/@top", "https://x.org/@top"),
        ("@a<script>", '<a href="/@a/">@a</a>&lt;script&gt;'),
        ("@@a", "@@a"),
    ],
)
def test_caption_html_is_escaped_and_linked(text, html):
    assert str(caption_html(text)) == html
