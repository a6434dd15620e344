"""Facts about what people write."""

import pytest

from content.text import caption_html, tags_in


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Blue\nhour", "Blue<br>hour"),
        ("<b>&'\"", "&lt;b&gt;&amp;&#x27;&quot;"),
        ("#Sea", '<a href="/tags/sea/">#Sea</a>'),
        ("(#sea_2)", '(<a href="/tags/sea_2/">#sea_2</a>)'),
        ("#Été!", '<a href="/tags/%C3%A9t%C3%A9/">#Été</a>!'),
        ("#1 #2nd", '#1 <a href="/tags/2nd/">#2nd</a>'),
        ("a#b ##c &#39; https://x.org/#top", "a#b ##c &amp;#39; https://x.org/#top"),
        ("#" + "a" * 101, "#" + "a" * 101),
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("#Sea #sun #SEA", ["sea", "sun"]),
        ("#Straße #STRASSE", ["strasse"]),
        ("#e\u0301te\u0301 #\u00e9t\u00e9", ["\u00e9t\u00e9"]),
        ("#हिन्दी", ["हिन्दी"]),
        ("#a,#b", ["a", "b"]),
        ("#" + "ß" * 51, []),  # 102 characters once it is folded
    ],
)
def test_tags_are_kept_in_one_spelling(text, names):
    assert tags_in(text) == names
