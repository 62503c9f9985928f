"""An OpenID Connect provider on a port of its own: discovery, code with PKCE, keys, signed tokens. A test may bend what it says."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "impresasolidale", "segreto di prova"


class Provider:
    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "uno", "use": "sig", "alg": "RS256"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "", "email_verified": True}
        self.bend: Callable[[dict[str, Any]], Any] = lambda claims: claims  # the last word on a token's claims
        self.header = {"alg": "RS256", "kid": "uno"}
        self.signs_with = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: dict[str, str] = {}  # the last authorization request
        self.calls: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- What a browser does there: signs in, and comes back with the address that it returns

    def sign_in(self, address: str, **claims: Any) -> str:
        """The way back for who opens `address` there and signs in."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert said["response_type"] == "code" and said["client_id"] == CLIENT and said["code_challenge_method"] == "S256"
        self.asked = said
        self.claims |= claims
        code = f"c-{len(self.codes)}-{time.monotonic_ns()}"
        self.codes[code] = said
        return f"{said['redirect_uri']}?{urlencode({'code': code, 'state': said['state'], 'iss': self.issuer})}"

    def token(self, fields: dict[str, str], authorization: str) -> dict[str, Any] | None:
        expected = base64.b64encode(f"{CLIENT}:segreto%20di%20prova".encode()).decode()
        said = self.codes.pop(fields.get("code", ""), None)  # a code is good once
        if said is None or authorization != f"Basic {expected}" or fields.get("redirect_uri") != said["redirect_uri"]:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(fields.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        return {"id_token": self.id_token(said["nonce"]), "token_type": "Bearer"} if proof == said["code_challenge"] else None

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = self.bend({"iss": self.issuer, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300, **self.claims})
        return claims if isinstance(claims, str) else jwt.encode(self.header, claims, self.signs_with, algorithms=[self.header["alg"]])

    def described(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys", "end_session_endpoint": "leave"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}

    def keys(self) -> dict[str, Any]:
        return dict(KeySet(self.published).as_dict(private=False))


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.calls.append(self.path)
            pages = {"/.well-known/openid-configuration": provider.described, "/keys": provider.keys}
            self.answer(pages[self.path]() if self.path in pages else None)

        def do_POST(self) -> None:
            provider.calls.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(provider.token(fields, self.headers.get("Authorization", "")))

        def answer(self, found: dict[str, Any] | None) -> None:
            text = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(200 if found else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
