"""The catalogue of the scripts in templates."""

from django import template
from django.urls import reverse

from project import languages

register = template.Library()


@register.simple_tag
def catalogue_url(language: str) -> str:
    """Where the scripts' words are, of this version."""
    return f"{reverse('catalogue', args=[language])}?v={languages.version(language)}"
