// SPDX-License-Identifier: MIT
#include "api/access/bearer_token.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"
#include "tokens.hpp"

using namespace restapi;
using namespace std::chrono_literals;
using api::BearerTokens;

namespace {

std::string const secret = "0123456789abcdef0123456789abcdef";
std::string const other_secret(32, 'o');
std::string const header = R"({"alg":"HS256"})";

// The moment of all tests, and what is said in tokens about it.
constexpr std::int64_t epoch = 1'700'000'000;
BearerTokens::Time const now{std::chrono::seconds(epoch)};
std::string at(std::int64_t offset) { return std::to_string(epoch + offset); }

std::string keys(std::string const& bytes) { return R"({"kty":"oct","k":")" + test::base64url(bytes) + "\"}"; }

/// A file of keys that is replaced as a whole, as administrators should.
class KeyFile {
 public:
  explicit KeyFile(std::string const& text) { write(text); }

  std::string path() const { return folder_.path() + "/keys.json"; }

  void write(std::string const& text) const { std::filesystem::rename(folder_.write("new", text), path()); }
  void remove() const { std::filesystem::remove(path()); }

 private:
  test::TemporaryFolder folder_;
};

std::shared_ptr<BearerTokens> open(KeyFile const& file, std::string issuer = "", std::string audience = "") {
  auto tokens = BearerTokens::open({file.path(), std::move(issuer), std::move(audience)});
  REQUIRE(tokens);
  return *tokens;
}

/// Empty: the request may pass.
std::string said(std::optional<Error> const& error) { return error ? error->message : ""; }

std::string bearer(std::string const& payload, std::string const& key = secret) {
  return "Bearer " + test::token(header, payload, key);
}

}  // namespace

TEST_CASE("a private key in the place of keys is refused with the way to the public one", "[bearer_token]") {
  KeyFile const file("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n");
  auto const tokens = BearerTokens::open({file.path(), "", ""});
  REQUIRE_FALSE(tokens);
  CHECK_THAT(tokens.error().message, Catch::Contains("this is a private key"));
  CHECK_THAT(tokens.error().hint, Catch::Contains("openssl pkey"));
}

TEST_CASE("what a token claims", "[bearer_token]") {
  KeyFile const file(keys(secret));
  std::string const expired = "the token has expired", early = "the token is not valid yet",
                    malformed = "the token is malformed", issuer = "the token is of another issuer",
                    audience = "the token is for another audience";
  struct Case {
    std::string payload, issuer, audience, message;
  };
  Case const cases[] = {
      {"{}", "", "", ""},
      {R"({"exp":)" + at(3600) + "}", "", "", ""},
      {R"({"exp":)" + at(-59) + "}", "", "", ""},
      {R"({"exp":)" + at(-60) + "}", "", "", expired},
      {R"({"exp":)" + at(-59) + ".5}", "", "", ""},
      {R"({"exp":0})", "", "", expired},
      {R"({"exp":-1})", "", "", expired},
      {R"({"exp":-1e300})", "", "", expired},
      {R"({"exp":1e300})", "", "", ""},
      {R"({"exp":9223372036854775807})", "", "", ""},
      {R"({"exp":18446744073709551615})", "", "", ""},
      {R"({"exp":1e999})", "", "", malformed},
      {R"({"exp":")" + at(3600) + "\"}", "", "", malformed},
      {R"({"exp":null})", "", "", malformed},
      {R"({"nbf":)" + at(60) + "}", "", "", ""},
      {R"({"nbf":)" + at(61) + "}", "", "", early},
      {R"({"nbf":true})", "", "", malformed},
      {R"({"nbf":)" + at(-10) + R"(,"exp":)" + at(10) + R"(,"iat":)" + at(-10) + "}", "", "", ""},
      {R"({"iss":"a"})", "", "", ""},
      {R"({"iss":"a"})", "a", "", ""},
      {R"({"iss":"A"})", "a", "", issuer},
      {R"({"iss":["a"]})", "a", "", issuer},
      {"{}", "a", "", issuer},
      {R"({"aud":"a"})", "", "", ""},
      {R"({"aud":"a"})", "", "a", ""},
      {R"({"aud":["b","a"]})", "", "a", ""},
      {R"({"aud":["b","ab"]})", "", "a", audience},
      {R"({"aud":"b"})", "", "a", audience},
      {R"({"aud":{"a":"a"}})", "", "a", audience},
      {R"({"aud":7})", "", "a", audience},
      {"{}", "", "a", audience},
      {R"({"iss":"i","aud":"a"})", "i", "a", ""},
      {R"({"exp":)" + at(3600) + "}" + '\0' + R"({"exp":1})", "", "", malformed},
      {"[]", "", "", malformed},
      {"", "", "", malformed},
      {"{", "", "", malformed},
      {"\xFF", "", "", malformed},
  };
  for (auto const& c : cases) {
    CAPTURE(c.payload, c.issuer, c.audience);
    auto const tokens = open(file, c.issuer, c.audience);
    auto const error = tokens->check(bearer(c.payload), now);
    CHECK(said(error) == c.message);
    if (error) CHECK(error->code == Code::token_refused);
    CHECK(said(tokens->check(bearer(c.payload), now)) == c.message);  // remembered or not
  }
}

TEST_CASE("how a token is sent", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const token = test::token(header, "{}", secret);
  for (std::string const scheme : {"Bearer ", "bearer ", "BEARER ", "Bearer   "}) {
    CAPTURE(scheme);
    CHECK(said(tokens->check(scheme + token, now)).empty());
    CHECK(said(tokens->check(scheme + token + "  ", now)).empty());
  }
  for (std::string const nothing : {"", "Bearer", "Bearer ", "Bearer    ", "Basic dTpw", "Bearertoken"}) {
    CAPTURE(nothing);
    auto const error = tokens->check(nothing, now);
    REQUIRE(error);
    CHECK(error->code == Code::token_missing);
    CHECK(api::challenge(*error) == R"(Bearer realm="restapi")");
  }
  CHECK(tokens->check(token, now)->code == Code::token_missing);
  for (std::string const wrong : {"Bearer x", "Bearer a b", "Bearer \"", "Bearer a,b", "Bearer \x01\xFF"}) {
    CAPTURE(wrong);
    auto const error = tokens->check(wrong, now);
    REQUIRE(error);
    CHECK(api::challenge(*error) ==
          R"(Bearer realm="restapi", error="invalid_token", error_description="the token is malformed")");
  }
  CHECK(said(tokens->check("Bearer " + std::string(100'000, 'a'), now)) == "the token is too long");
  CHECK(said(tokens->check(bearer("{\"a\":\"" + std::string(8192, 'a') + "\"}"), now)) == "the token is too long");
}

TEST_CASE("a remembered token still expires", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const token = bearer(R"({"exp":)" + at(10) + "}");
  CHECK(said(tokens->check(token, now)).empty());
  CHECK(said(tokens->check(token, now + 69s)).empty());
  CHECK(said(tokens->check(token, now + 70s)) == "the token has expired");
}

TEST_CASE("very many tokens", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  for (int i = 0; i < 3000; ++i) {
    auto const payload = "{\"n\":" + std::to_string(i) + ",\"exp\":" + at(i % 2 == 0 ? 10 : 1000) + "}";
    CHECK(said(tokens->check(bearer(payload), now + std::chrono::seconds(i / 100))).empty());
  }
  CHECK(said(tokens->check(bearer("{}", other_secret), now)) == "the token's signature is wrong");
}

TEST_CASE("the file of the keys changes", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const old_token = bearer("{}"), new_token = bearer("{}", other_secret);
  CHECK(said(tokens->check(old_token, now)).empty());
  CHECK_FALSE(said(tokens->check(new_token, now)).empty());

  file.write(keys(other_secret));
  CHECK(said(tokens->check(old_token, now)).empty());  // not looked at twice in a second
  CHECK_FALSE(said(tokens->check(old_token, now + 1s)).empty());
  CHECK(said(tokens->check(new_token, now + 1s)).empty());

  file.write("broken");
  CHECK(said(tokens->check(new_token, now + 2s)).empty());
  file.remove();
  CHECK(said(tokens->check(new_token, now + 3s)).empty());
  file.write(keys("short"));
  CHECK(said(tokens->check(new_token, now + 4s)).empty());
  file.write(keys(secret));
  CHECK(said(tokens->check(old_token, now + 5s)).empty());
  CHECK_FALSE(said(tokens->check(new_token, now + 5s)).empty());

  file.write("{\"keys\":[]}");  // a set all the same: nobody any more
  CHECK_FALSE(said(tokens->check(old_token, now + 6s)).empty());
}

TEST_CASE("what is no file in the place of the keys stops nobody", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const token = bearer("{}");
  auto seconds = 1s;
  auto const check_kept = [&] { CHECK(said(tokens->check(token, now + seconds++)).empty()); };
  file.remove();
  REQUIRE(::mkfifo(file.path().c_str(), 0600) == 0);
  check_kept();
  file.remove();
  std::filesystem::create_symlink("/dev/zero", file.path());
  check_kept();
  file.remove();
  file.write(std::string(std::size_t{2} << 20, ' '));
  check_kept();
}

TEST_CASE("keys that are written over with the old time are noticed", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const time = std::filesystem::last_write_time(file.path());
  std::ofstream(file.path()) << keys(other_secret);
  std::filesystem::last_write_time(file.path(), time);
  CHECK(said(tokens->check(bearer("{}", other_secret), now + 1s)).empty());
  CHECK_FALSE(said(tokens->check(bearer("{}"), now + 1s)).empty());
}

TEST_CASE("a file of keys that is of no use at the start", "[bearer_token][error]") {
  KeyFile const file(keys("short"));
  auto const refused = [](std::string const& path) {
    auto const tokens = BearerTokens::open({.key_file = path});
    REQUIRE_FALSE(tokens);
    CHECK(tokens.error().code == Code::source_refused);
    CHECK(tokens.error().message.find(path) != std::string::npos);
    return tokens.error().message;
  };
  CHECK(refused(file.path()).find("HS256 needs 32 to 1024 bytes") != std::string::npos);
  file.write("{\"keys\":[]}");
  CHECK(refused(file.path()).find("there is no key") != std::string::npos);
  file.write("no keys");
  CHECK(refused(file.path()).find("no JSON Web Key Set") != std::string::npos);
  file.remove();
  CHECK(refused(file.path()).find("cannot be read") != std::string::npos);
}

TEST_CASE("many threads ask while the keys change", "[bearer_token]") {
  KeyFile const file(keys(secret));
  auto const tokens = open(file);
  auto const good = bearer(R"({"exp":)" + at(1000) + "}"), bad = bearer("{}", other_secret);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 300; ++i) {
        auto const later = now + std::chrono::seconds(i);
        auto const fresh = bearer("{\"n\":" + std::to_string(1000 * thread + i) + "}");
        if (tokens->check(good, later) || tokens->check(fresh, later) || !tokens->check(bad, later)) ++wrong;
      }
    });
  }
  for (int i = 0; i < 20; ++i) file.write(keys(secret) + std::string(static_cast<std::size_t>(i), '\n'));
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}
