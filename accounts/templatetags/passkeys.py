"""Whether a page may offer passkeys, in templates."""

import ipaddress

from django import template
from django.http import HttpRequest
from django.http.request import split_domain_port

register = template.Library()


@register.filter
def takes_passkeys(request: HttpRequest) -> bool:
    """Whether the page has a name: a passkey belongs to one, and browsers raise an error where it is an address."""
    name, _ = split_domain_port(request.get_host())
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return True
    return False
