"""In which language a request is answered: what its person chose, else the cookie, else what the browser asks for."""

import functools
import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import async_only_middleware
from django.utils.translation.trans_real import DjangoTranslation
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog

from accounts import actions
from accounts.viewers import Viewer, VisitorRequest
from core import crossing
from core.web import Next, back, vary

FIXED = ("/media/", "/i18n/words/")  # the same in every language, though caches need not know
LONGEST_HEADERS = 500  # characters, of which an answer is remembered
CACHED = "public, max-age=31536000, immutable"  # another catalogue has another address


@async_only_middleware
def language_middleware(get_response: Next) -> Next:
    """Speak the language that cookie or browser ask for, until `prefer` knows better; tell which one it became."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(_asked_for(request))  # `override` would look up and set what nobody sees
        try:
            response = await get_response(request)
            if not request.path.startswith(FIXED):
                response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
                vary(response, ("Accept-Language",))
            return response
        finally:
            translation.deactivate()

    return middleware


def _asked_for(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    if len(cookie) + len(accepted) > LONGEST_HEADERS:
        return translation.get_language_from_request(request)
    return _best(cookie, accepted)


@functools.lru_cache(1_000)
def _best(cookie: str, accepted: str) -> str:
    """What Django makes of the two, which takes it 20 microseconds."""
    request = HttpRequest()
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


def prefer(viewer: Viewer | None) -> None:
    """Speak the language that a person chose, on whatever device they are."""
    if viewer and viewer.language in dict(settings.LANGUAGES):
        translation.activate(viewer.language)


@require_POST
async def choose(request: VisitorRequest) -> HttpResponse:
    """The form in the foot of a page: kept with who is signed in, and in a cookie for when nobody is."""
    language = request.POST.get("language", "")
    if request.viewer:
        await crossing.call(actions.update_profile, user_id=request.viewer.id, language=language)
    response = back(request, "/")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_safe
async def catalogue(request: VisitorRequest, language: str) -> HttpResponse:
    """The words of the scripts, as one more script; its address holds the version. They are English by themselves."""
    if language not in dict(settings.LANGUAGES) or language == settings.LANGUAGE_CODE:
        raise Http404
    response = HttpResponse(words(language), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = CACHED
    return response


@functools.cache
def version(language: str) -> str:
    """What changes with the words of the scripts."""
    return hashlib.sha256(words(language)).hexdigest()[:12]


@functools.cache
def words(language: str) -> bytes:
    """Django's script, with our words alone: it would bring the admin's, too."""
    view = JavaScriptCatalog()
    places = [str(path) for path in settings.LOCALE_PATHS]
    view.translation = DjangoTranslation(language, domain="djangojs", localedirs=places)
    with translation.override(language):
        return bytes(view.render_to_response(view.get_context_data()).content)
