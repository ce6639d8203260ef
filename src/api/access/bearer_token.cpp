// SPDX-License-Identifier: MIT
#include "api/access/bearer_token.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "api/access/jwk_set.hpp"
#include "base/keyed_hash.hpp"
#include "base/regular_file.hpp"

namespace restapi::api {
namespace {

using Time = BearerTokens::Time;
using nlohmann::json;

// How far our clock and the issuer's may be apart.
constexpr auto leeway = std::chrono::seconds(60);

// Longer than any in use; bounds what a stranger can make us decode, and what is cached.
constexpr std::size_t longest_token = 8 * 1024;
constexpr std::size_t most_accepted = 1024;

// Some hundred keys are some hundred kB.
constexpr std::size_t largest_key_file = std::size_t{1} << 20;

constexpr std::string_view scheme = "Bearer ";

Error missing() {
  return {Code::token_missing, "this server needs a token", "send it as Authorization: Bearer <token>"};
}

Error refused(std::string why) { return {Code::token_refused, std::move(why)}; }

/// The token of an Authorization header (RFC 6750 §2.1); nothing where the header is about something else.
std::optional<std::string_view> token_of(std::string_view authorization) {
  auto const same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };  // letters and a blank: case is one bit
  if (!std::ranges::equal(authorization.substr(0, scheme.size()), scheme, same)) return std::nullopt;
  auto token = authorization.substr(scheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  token = token.substr(0, token.find_last_not_of(' ') + 1);
  return token.empty() ? std::nullopt : std::optional(token);
}

/// A NumericDate (RFC 7519 §2), moved by the leeway. Beyond what a clock can say it is the end of time.
Time time_of(json const& seconds, std::chrono::seconds moved) {
  constexpr double end_of_time = 9e9;  // the year 2255; the clock's own end is 2262
  auto const moment = std::clamp(seconds.get<double>(), -end_of_time, end_of_time);
  return Time(std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(moment))) + moved;
}

bool names(json const& audience, std::string const& wanted) {
  return audience == wanted || (audience.is_array() && std::ranges::find(audience, json(wanted)) != audience.end());
}

}  // namespace

/// The keys, and the tokens that they have accepted: with other keys, other tokens are good.
struct BearerTokens::Keys {
  explicit Keys(JwkSet keys) : set(std::move(keys)) {}

  bool has_accepted(std::string const& digest, Time now) const {
    auto const found = valid_until.find(digest);
    return found != valid_until.end() && now < found->second;
  }

  void add_accepted(std::string digest, Time until, Time now) {
    if (valid_until.size() >= most_accepted) std::erase_if(valid_until, [&](auto& t) { return t.second <= now; });
    if (valid_until.size() >= most_accepted) valid_until.clear();
    valid_until.insert_or_assign(std::move(digest), until);
  }

  JwkSet const set;
  // By digests that nobody can find a second token for: a token may have 8 KiB, and need not stay in memory.
  std::unordered_map<std::string, Time, KeyedHash> valid_until;
};

/// Changes with the file, also when another is put in its place.
struct BearerTokens::FileState {
  static FileState of(std::string const& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    // Whoever writes the file may set the time of its modification back, but not that of its change.
    return {status.st_dev, status.st_ino, status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
  }
  bool operator==(FileState const&) const = default;

  dev_t device = 0;
  ino_t inode = 0;  // with everything else zero: there is no file
  off_t size = 0;
  time_t seconds = 0;
  long nanoseconds = 0;
};

BearerTokens::BearerTokens(TokenOptions options) : options_(std::move(options)) {}

BearerTokens::~BearerTokens() = default;

Result<std::shared_ptr<BearerTokens>> BearerTokens::open(TokenOptions options) {
  std::shared_ptr<BearerTokens> tokens(new BearerTokens(std::move(options)));
  // Before reading: what is written meanwhile is seen as a change later.
  tokens->file_state_ = std::make_unique<FileState>(FileState::of(tokens->options_.key_file));
  auto keys = tokens->read_keys();
  if (!keys) return keys.error();
  if ((*keys)->set.size() == 0)
    return Error{Code::source_refused, fmt::format("there is no key in \"{}\"", tokens->options_.key_file)};
  tokens->keys_ = *std::move(keys);
  return tokens;
}

Result<std::shared_ptr<BearerTokens::Keys>> BearerTokens::read_keys() const {
  auto const text = read_regular_file(options_.key_file, largest_key_file);
  if (!text) return text.error();
  auto set = JwkSet::parse(*text);
  if (!set)
    return Error{Code::source_refused, fmt::format("\"{}\": {}", options_.key_file, set.error().message),
                 set.error().hint};
  if (set->size() == 0 && !set->passed_over().empty()) {
    return Error{Code::source_refused, fmt::format("no key in \"{}\" can be used for tokens: {}", options_.key_file,
                                                   set->passed_over().front())};
  }
  for (auto const& sentence : set->passed_over()) spdlog::warn("\"{}\": {}", options_.key_file, sentence);
  spdlog::info("\"{}\": keys for tokens: {}", options_.key_file, set->size());
  return std::make_shared<Keys>(*std::move(set));
}

void BearerTokens::look_at_file(Time now) {
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  if (seconds == looked_at_) return;
  looked_at_ = seconds;
  auto const state = FileState::of(options_.key_file);
  if (state == *file_state_) return;
  *file_state_ = state;
  auto keys = read_keys();
  if (!keys) {
    spdlog::error("the keys for tokens stay as they were: {}", keys.error().message);
    return;
  }
  // An empty set is a valid one: nobody is to be let in.
  if ((*keys)->set.size() == 0) spdlog::warn("\"{}\": no key left, all tokens are refused", options_.key_file);
  keys_ = *std::move(keys);
}

std::optional<Error> BearerTokens::check(std::string_view authorization, Time now) {
  auto const token = token_of(authorization);
  if (!token) return missing();
  if (token->size() > longest_token) return refused("the token is too long");
  auto digest = keyed_digest(*token);
  std::shared_ptr<Keys> keys;
  {
    std::lock_guard const lock(mutex_);
    look_at_file(now);
    if (keys_->has_accepted(digest, now)) return std::nullopt;
    keys = keys_;
  }
  auto const payload = keys->set.verify(*token);
  if (!payload) return payload.error();
  auto valid_until = Time::max();
  if (auto error = check_claims(*payload, now, valid_until)) return error;
  std::lock_guard const lock(mutex_);
  keys->add_accepted(std::move(digest), valid_until, now);
  return std::nullopt;
}

std::optional<Error> BearerTokens::check_claims(std::string_view payload, Time now, Time& valid_until) const {
  // The parser takes a NUL for the end.
  auto const claims = payload.find('\0') == payload.npos ? json::parse(payload, nullptr, false) : json();
  if (!claims.is_object()) return refused("the token is malformed");
  auto const claim = [&](char const* name) {
    auto const found = claims.find(name);
    return found == claims.end() ? json() : *found;
  };
  for (auto const* name : {"exp", "nbf"}) {
    if (claims.contains(name) && !claims[name].is_number()) return refused("the token is malformed");
  }
  if (claims.contains("exp")) valid_until = time_of(claims["exp"], leeway);
  if (now >= valid_until) return refused("the token has expired");
  if (claims.contains("nbf") && now < time_of(claims["nbf"], -leeway)) return refused("the token is not valid yet");
  if (!options_.issuer.empty() && claim("iss") != options_.issuer) return refused("the token is of another issuer");
  if (!options_.audience.empty() && !names(claim("aud"), options_.audience))
    return refused("the token is for another audience");
  return std::nullopt;
}

std::string challenge(Error const& error) {
  std::string realm = "Bearer realm=\"restapi\"";
  if (error.code == Code::token_missing) return realm;  // RFC 6750 §3.1: no reason where nothing was sent
  return fmt::format("{}, error=\"invalid_token\", error_description=\"{}\"", realm, error.message);
}

}  // namespace restapi::api
