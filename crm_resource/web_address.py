"""Addresses of sites and of visitors, as browsers and servers tell them."""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

ORIGIN_RE = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
# what browsers and servers read alike: no backslashes, names of users, line breaks
LINK_RE = re.compile(r"https?://[A-Za-z0-9.:-]+([/?#][^\x00-\x20\x7f\\]*)?", re.I)
# as people write the address of their site
SITE_RE = re.compile(r"(https?://)?[^\s:/?#\\@]+(:\d{1,5})?([/?#]\S*)?", re.I)
COLOR_RE = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT_PORTS = {"http": 80, "https": 443}
# who has one address of version 6 has as many as he likes
HOME_BITS = 64


def get_origin(url):
    """Return the site of an address as browsers name it, None if it has none.

    >>> get_origin("HTTPS://www.Example.com:443/a?b"), get_origin("null")
    ('https://www.example.com', None)
    """
    try:
        parts = urlsplit(url or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    origin = f"{parts.scheme}://{parts.hostname}"
    if port and port != DEFAULT_PORTS[parts.scheme]:
        origin += f":{port}"
    return origin if ORIGIN_RE.fullmatch(origin) else None


def is_link(text):
    """Return whether a text is an address to which browsers may be sent.

    >>> is_link("https://a.example.com/b?c"), is_link("https://evil.org\\\\@a.example.com")
    (True, False)
    """
    return bool(LINK_RE.fullmatch(text or ""))


def is_site(text):
    """Return whether a text is the address of a site as people write it.

    >>> is_site("www.example.com"), is_site("javascript:alert(1)")
    (True, False)
    """
    return bool(SITE_RE.fullmatch(text or ""))


def get_home(address):
    """Return what is counted as one address.

    >>> get_home("2001:db8::1:2"), get_home("::ffff:10.0.0.1"), get_home("unix")
    ('2001:db8::/64', '10.0.0.1', 'unix')
    """
    try:
        ip = ip_address(address or "")
    except ValueError:
        return address or ""
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip_network((ip, HOME_BITS), strict=False))


def is_color(text):
    """Return whether a text is a colour.

    >>> is_color("#714b67"), is_color("red}")
    (True, False)
    """
    return bool(COLOR_RE.fullmatch(text or ""))
