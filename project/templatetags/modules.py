"""What a page's script is going to ask for."""

import functools

from django import template
from django.templatetags.static import static

from project.static import imported

register = template.Library()


@register.simple_tag
@functools.cache  # files change with a process
def modules(name: str) -> list[str]:
    """The addresses of what a module imports, and what that imports: each would be found one round trip later."""
    return [static(module) for module in imported(name)[1:]]
