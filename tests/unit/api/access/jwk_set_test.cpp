// SPDX-License-Identifier: MIT
#include "api/access/jwk_set.hpp"

#include <catch2/catch.hpp>

#include "tokens.hpp"

using namespace restapi;
using api::JwkSet;
using test::base64url;
using test::KeyPair;

namespace {

std::string const secret = "0123456789abcdef0123456789abcdef";

std::string oct(std::string const& bytes, std::string const& more = "") {
  return R"({"kty":"oct","k":")" + base64url(bytes) + '"' + more + '}';
}

std::string set_of(std::string const& keys) { return R"({"keys":[)" + keys + "]}"; }

/// The payload, or what is wrong.
std::string verify(std::string const& keys, std::string const& token) {
  auto const set = JwkSet::parse(keys);
  REQUIRE(set);
  auto const payload = set->verify(token);
  if (payload) return *payload;
  CHECK(payload.error().code == Code::token_refused);
  CHECK(payload.error().detail.empty());
  return payload.error().message;
}

}  // namespace

TEST_CASE("the examples of RFC 7515, appendix A", "[jwk_set]") {
  std::string const payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
  std::string const payload_text =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  CHECK(
      verify(
          R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
          "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + payload_text +
              ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == payload);
  CHECK(verify(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                   "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})",
               "eyJhbGciOiJFUzI1NiJ9." + payload_text +
                   ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q") ==
        payload);
}

TEST_CASE("each kind of key accepts its own signatures, in every form of file", "[jwk_set]") {
  auto const rsa = KeyPair::rsa();
  auto const curve = KeyPair::p256();
  auto const rs256 = test::token(R"({"alg":"RS256"})", "{\"a\":1}", rsa);
  auto const es256 = test::token(R"({"alg":"ES256","typ":"JWT"})", "{\"a\":2}", curve);
  auto const hs256 = test::token(R"({"alg":"HS256","kid":"x"})", "{\"a\":3}", secret);
  auto const all = set_of(oct(secret) + ",{" + rsa.jwk() + "},{" + curve.jwk() + "}");
  CHECK(verify(all, rs256) == "{\"a\":1}");
  CHECK(verify(all, es256) == "{\"a\":2}");
  CHECK(verify(all, hs256) == "{\"a\":3}");
  CHECK(verify("{" + rsa.jwk() + "}", rs256) == "{\"a\":1}");
  CHECK(verify("{" + rsa.jwk() + ",\"alg\":\"RS256\",\"use\":\"sig\"}", rs256) == "{\"a\":1}");
  CHECK(verify("{" + curve.jwk() + "," + curve.private_member() + "}", es256) == "{\"a\":2}");
  CHECK(verify(rsa.pem(), rs256) == "{\"a\":1}");
  CHECK(verify("a comment\n" + rsa.pem() + curve.pem(), es256) == "{\"a\":2}");
  CHECK(verify(oct(std::string(1024, 'k')), test::token(R"({"alg":"HS256"})", "{}", std::string(1024, 'k'))) == "{}");
}

TEST_CASE("what no key has signed is refused", "[jwk_set][error]") {
  auto const rsa = KeyPair::rsa();
  auto const other = KeyPair::rsa();
  auto const curve = KeyPair::p256();
  std::string const hs = R"({"alg":"HS256"})", rs = R"({"alg":"RS256"})", es = R"({"alg":"ES256"})",
                    payload = R"({"a":1})";
  auto const all = set_of(oct(secret) + ",{" + rsa.jwk() + "},{" + curve.jwk() + "}");
  std::string const wrong = "the token's signature is wrong", malformed = "the token is malformed",
                    algorithm = "the token's algorithm is not accepted", unknown = "the token's key is not known here";
  auto const good = test::token(hs, payload, secret);
  auto const good_rs = test::token(rs, payload, rsa);
  auto const signature = [](std::string const& token) { return token.substr(token.rfind('.')); };
  auto const body = [](std::string const& token) { return token.substr(0, token.rfind('.')); };
  auto tampered = good;
  tampered[tampered.rfind('.') + 1] = tampered[tampered.rfind('.') + 1] == 'A' ? 'B' : 'A';
  struct Case {
    std::string token, message;
  };
  Case const cases[] = {
      {test::token(hs, payload, secret + "x"), wrong},
      {test::token(rs, payload, other), wrong},
      {test::token(es, payload, KeyPair::p256()), wrong},
      {tampered, wrong},
      {test::unsigned_token(hs, R"({"a":2})") + signature(good), wrong},
      {test::unsigned_token(rs, R"({"a":2})") + signature(good_rs), wrong},
      {test::unsigned_token(R"({"alg":"HS256" })", payload) + signature(good), wrong},
      {body(good) + signature(good_rs), wrong},
      // The public key is public: nobody may use it as a secret.
      {test::token(hs, payload, rsa.pem()), wrong},
      {test::token(hs, payload, "{" + rsa.jwk() + "}"), wrong},
      {test::token(hs, payload, ""), wrong},
      {test::unsigned_token(R"({"alg":"none"})", payload) + ".", algorithm},
      {test::token(R"({"alg":"none"})", payload, secret), algorithm},
      {test::token(R"({"alg":"None"})", payload, secret), algorithm},
      {test::token(R"({"alg":"hs256"})", payload, secret), algorithm},
      {test::token(R"({"alg":"HS512"})", payload, secret), algorithm},
      {test::token(R"({"alg":"RS512"})", payload, rsa), algorithm},
      {test::token(R"({"alg":"HS256\u0000"})", payload, secret), malformed},
      {test::token(R"({"alg":["HS256"]})", payload, secret), algorithm},
      {test::token(R"({"typ":"JWT"})", payload, secret), algorithm},
      {test::token(R"({"alg":"none","alg":"HS256"})", payload, secret), malformed},
      {test::token(R"({"alg":"HS256","crit":["b64"],"b64":false})", payload, secret), "the token needs extensions"},
      {test::token(R"(["HS256"])", payload, secret), malformed},
      {test::token("", payload, secret), malformed},
      {body(good) + ".", malformed},
      {body(good), malformed},
      {body(good) + "..", malformed},
      {good + ".", malformed},
      {good + "=", malformed},
      {good + "." + good, malformed},
      {"." + good, malformed},
      {" " + good, malformed},
      {"", malformed},
      {".", malformed},
      {"..", malformed},
      {"...", malformed},
      {"a.b.c", malformed},
      {"\xFF\xFE.\x00.\x01", malformed},
      {std::string(7000, 'A'), malformed},
      {std::string(7000, '.'), malformed},
      {base64url(hs) + "." + std::string(7000, 'A') + signature(good), wrong},
      {test::token(std::string(6000, '['), payload, secret), malformed},
  };
  for (auto const& [token, message] : cases) {
    CAPTURE(token);
    CHECK(verify(all, token) == message);
  }
  CHECK(verify("{" + rsa.jwk() + "}", test::token(hs, payload, rsa.pem())) == unknown);
  CHECK(verify(rsa.pem(), test::token(hs, payload, rsa.pem())) == unknown);
  CHECK(verify("{" + rsa.jwk() + ",\"k\":\"" + base64url(secret) + "\"}", good) == unknown);
  CHECK(verify(oct(secret), good_rs) == unknown);
  CHECK(verify(set_of(""), good) == unknown);
}

TEST_CASE("no byte of what is signed can be another one", "[jwk_set][error]") {
  auto const set = JwkSet::parse(set_of(oct(secret)));
  REQUIRE(set);
  auto const good = test::token(R"({"alg":"HS256","typ":"JWT"})", R"({"sub":"reader","exp":1700000000})", secret);
  CHECK(set->verify(good));
  auto const signature_end = good.size() - 1;  // the last digit of 43 has two bits too many
  for (std::size_t i = 0; i < signature_end; ++i) {
    for (char const other : {'A', 'B', '_', '.', '=', '+', ' ', '\0', '\n', '\xFF'}) {
      if (good[i] == other) continue;
      auto changed = good;
      changed[i] = other;
      CAPTURE(changed);
      CHECK_FALSE(set->verify(changed));
    }
    CHECK_FALSE(set->verify(good.substr(0, i)));
  }
}

TEST_CASE("a token names its key", "[jwk_set]") {
  auto const other = std::string(32, 'o');
  auto const keys = set_of(oct(other, R"(,"kid":"old")") + "," + oct(secret, R"(,"kid":"new")"));
  auto const signed_by = [](std::string const& header, std::string const& key) {
    return test::token(header, "{}", key);
  };
  CHECK(verify(keys, signed_by(R"({"alg":"HS256","kid":"new"})", secret)) == "{}");
  CHECK(verify(keys, signed_by(R"({"alg":"HS256"})", secret)) == "{}");
  CHECK(verify(keys, signed_by(R"({"alg":"HS256"})", other)) == "{}");
  CHECK(verify(keys, signed_by(R"({"alg":"HS256","kid":"old"})", secret)) == "the token's signature is wrong");
  CHECK(verify(keys, signed_by(R"({"alg":"HS256","kid":"else"})", secret)) == "the token's key is not known here");
  CHECK(verify(oct(secret), signed_by(R"({"alg":"HS256","kid":"else"})", secret)) == "{}");  // as for keys in PEM
}

TEST_CASE("keys that cannot be used are passed over, and it is said why", "[jwk_set]") {
  auto const rsa = KeyPair::rsa();
  auto const encoded = base64url(secret);
  struct Case {
    std::string key, reason;
  };
  Case const cases[] = {
      {"7", "it is no object"},
      {R"({"kid":"a"})", "its kty is none of"},
      {R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})", "its kty is none of"},
      {oct(secret.substr(1)), "HS256 needs 32 to 1024 bytes"},
      {oct(std::string(1025, 'k')), "HS256 needs 32 to 1024 bytes"},
      {R"({"kty":"oct"})", "HS256 needs 32 to 1024 bytes"},
      {R"({"kty":"oct","k":7})", "HS256 needs 32 to 1024 bytes"},
      {R"({"kty":"oct","k":"not base64url, although long enough for a key"})", "HS256 needs 32 to 1024 bytes"},
      {oct(secret, R"(,"alg":"HS512")"), "used for HS256 only"},
      {oct(secret, R"(,"alg":"RS256")"), "used for HS256 only"},
      {oct(secret, R"(,"alg":7)"), "used for HS256 only"},
      {oct(secret, R"(,"use":"enc")"), "not about signatures"},
      {oct(secret, R"(,"key_ops":["encrypt"])"), "not about signatures"},
      {"{" + rsa.jwk() + R"(,"alg":"RS512"})", "used for RS256 only"},
      {"{" + rsa.jwk() + R"(,"alg":"HS256"})", "used for RS256 only"},
      {"{" + KeyPair::rsa(1024).jwk() + "}", "RS256 needs 2048 bits"},
      {R"({"kty":"RSA","n":"AQAB"})", "incomplete"},
      {R"({"kty":"RSA","n":7,"e":"AQAB"})", "incomplete"},
      {"{" + KeyPair::p384().jwk() + "}", "ES256 needs the curve P-256"},
      {R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})", "incomplete or not valid"},
  };
  for (auto const& [key, reason] : cases) {
    CAPTURE(key, reason);
    auto const set = JwkSet::parse(set_of(key + "," + oct(secret, R"(,"kid":"good")")));
    REQUIRE(set);
    CHECK(set->size() == 1);
    REQUIRE(set->passed_over().size() == 1);
    auto const said = set->passed_over().front();
    CHECK(said.starts_with("key 1 (kid \""));
    CHECK(said.find(reason) != said.npos);
    CHECK(said.find(encoded.substr(0, 8)) == said.npos);
  }
}

TEST_CASE("a text that is no set of keys", "[jwk_set][error]") {
  for (std::string const text :
       {"", "{}", "[]", "7", "keys", "{\"keys\":7}", "{\"keys\":[}", "{\"kty\":7}", "{\"keys\":[],\"keys\":[]}",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
    CAPTURE(text);
    auto const set = JwkSet::parse(text);
    REQUIRE_FALSE(set);
    CHECK(set.error().code == Code::source_refused);
  }
}
