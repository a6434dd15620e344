"""The demo's people and photos, and beside them every state that a page has: private, blocked, suspended, empty, …"""

import contextlib
import time

import httpx
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client, override_settings

from accounts import actions as people
from accounts.models import Follow, User
from accounts.sessions import SessionStore
from accounts.suspension import PROOF_KEY, proof_of
from content import actions, ranking
from content.models import Comment, Post
from ops import actions as moderation
from ops import survey
from ops.models import Case
from ops.sight import Wanted
from project.demo.seed import seed
from tests.support.build import make_recovery_codes, make_totp, make_user

FEW = {"people": 9, "posts": 14}  # the demo's first people; all of it takes longer to develop
PASSKEY = {"name": "My phone", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
PROOFS = ("password", "mfa")
LONG = 3600  # seconds for which a proof is fresh: more than the run of a module takes on a slow machine


class Town:
    """Whom the demo has, and what became of them: ana looks, and the others are what she meets.

    grace is private, and dan asks to follow her; hugo is blocked by ana; farid is suspended; mira is new and has
    nothing; ben has a second factor, dan a passkey; the operator moderates.
    """

    def __init__(self, pages, **size):
        with override_settings(DEBUG=True):  # else the demo refuses a database that is none of its own
            seed(**size)
        self.ana, self.ben, self.chloe, self.dan, self.grace, self.operator = (
            User.objects.get(username=name) for name in ("ana", "ben", "chloe", "dan", "grace", "operator")
        )
        self.mira = make_user("mira", name="Mira Lund")
        self._part()
        self._talk()
        self._report()
        self._secure()
        ranking.rank_posts()  # as beat does each minute
        looking = {(page.who, page.proven) for page in pages if page.who}
        self.sessions = {(who, proven): _begin(who, proven=proven) for who, proven in looking}
        self.places = self._places()  # what stands in the addresses of pages; a log-in spends the link of a mail
        connection.close()

    def _places(self):
        return {
            "post": self._latest(self.ben),
            "own": self._latest(self.ana),
            "narrow": self._latest(self.grace),
            "album": self._latest(self.chloe),
            "comment": Comment.objects.filter(post=self._latest(self.ben)).earliest("id").id,
            "case": Case.objects.get(claimed_by=self.operator).id,
            "unclaimed": Case.objects.get(claimed_by=None).id,
            "passkey": self.passkey.pk,
            "confirm": EmailConfirmationHMAC(self.mail).key,
            "mira": user_pk_to_url_str(self.mira),
            "token": default_token_generator.make_token(User.objects.get(pk=self.mira.pk)),
        }

    @contextlib.contextmanager
    def connected(self, url):
        """Keep ben connected by a stream, which need not speak to stay; and tail it."""
        headers = {"Authorization": f"Bearer {people.make_token(user_id=self.ben.id)}"}
        with httpx.stream("GET", f"{url}/rt/sse?topics=feed", headers=headers) as stream:
            lines = stream.iter_lines()  # kept: what nobody reads on is closed
            while next(lines) != "event: ready":
                pass
            (answer,) = survey.ask("tail", Wanted(person=self.ben.id)).answers
            (one,) = answer.connections
            self.places |= {"connection": f"{one.node}/{one.id}", "node": one.node, "tail": answer.tail}
            connection.close()
            yield

    def _part(self):
        Follow.objects.filter(followee=self.grace, follower__in=[self.ana, self.dan]).delete()
        people.update_profile(user_id=self.grace.id, private=True)
        people.follow_user(username="grace", actor_id=self.dan.id)
        people.block_user(username="hugo", actor_id=self.ana.id)
        people.suspend_user(username="farid", reason="Sold drums in every comment.")

    def _talk(self):
        post_id = self._latest(self.ben)
        asked = actions.comment(post_id=post_id, actor_id=self.chloe.id, text="Which beans are these?")
        actions.comment(post_id=post_id, actor_id=self.ben.id, text="From the mill, @chloe.", parent_id=asked.id)
        actions.comment(post_id=post_id, actor_id=self.ana.id, text="Saved for Sunday. 🙏")
        actions.save_post(post_id=post_id, actor_id=self.ana.id)

    def _report(self):
        for kind, seen, why in (("post", self._latest(self.chloe), "This is mine."), ("user", self.ben.id, "")):
            moderation.report(kind=kind, object_id=seen, reporter_id=self.dan.id, reason="spam", text=why)
        moderation.claim_case(case_id=Case.objects.get(kind="post").id, actor_id=self.operator.id)

    def _secure(self):
        make_totp(self.chloe)  # who logs in: that computes her password anew, and ends her sessions
        make_totp(self.ben)
        make_recovery_codes(self.ben)
        self.passkey = Authenticator.objects.create(user=self.dan, type="webauthn", data=PASSKEY)
        EmailAddress.objects.create(user=self.ana, email=self.ana.email, primary=True, verified=True)
        self.mail = EmailAddress.objects.create(user=self.mira, email=self.mira.email, primary=True)

    def _latest(self, author):
        return Post.objects.filter(author=author).latest("id").id


def _begin(who, *, proven):
    """Sign somebody in as the log-in page would, and answer the session's key; who is suspended comes no further.

    In a `proven` one they have just given their password and second factor.
    """
    user, client = User.objects.get(username=who), Client()
    if user.suspended_at:
        store = SessionStore()
        store[PROOF_KEY] = proof_of(user)
    else:
        client.force_login(user)
        store = SessionStore(client.session.session_key)
    if proven:
        proof = {"at": time.time() + LONG, "reauthenticated": True}
        store["account_authentication_methods"] = [proof | {"method": method} for method in PROOFS]
        store["account_authentication_methods_user"] = str(user.pk)
    store.save()
    return store.session_key
