"""Somebody who comes to the site for the first time."""

PASSWORD = "a lantern under water"


def sign_up(page, username):
    """Sign up on a page of a browser, and be home."""
    page.goto("/accounts/signup/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Email").fill(f"{username}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("/")
