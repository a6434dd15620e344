"""Numbers in templates."""

from django import template

from core import numbers

register = template.Library()
register.filter("compact", numbers.compact)
