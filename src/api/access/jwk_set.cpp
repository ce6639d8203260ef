// SPDX-License-Identifier: MIT
#include "api/access/jwk_set.hpp"

#include <fmt/format.h>
#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

extern "C" {  // the headers do not say so themselves
#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}

#include "api/access/token_algorithms.hpp"

namespace restapi::api {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};

using Json = std::unique_ptr<json_t, Release<json_decref>>;
using Settings = std::unique_ptr<jose_cfg_t, Release<jose_cfg_decref>>;
using Pkey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;

/// libjose complains on standard error unless it is told not to. One for each use: its counter of references is not
/// made for several threads.
Settings quiet() {
  Settings settings(jose_cfg());
  if (!settings) throw std::bad_alloc();
  jose_cfg_set_err_func(
      settings.get(), [](void*, char const*, int, std::uint64_t, char const*, va_list) {}, nullptr);
  return settings;
}

/// The member of that name if it is a string, else an empty text. The view lives as long as the object.
std::string_view text_of(json_t const* object, char const* name) {
  auto const* member = json_object_get(object, name);
  return json_is_string(member) ? std::string_view(json_string_value(member), json_string_length(member)) : "";
}

std::optional<std::string> decode(std::string_view base64url) {
  auto const size = jose_b64_dec_buf(base64url.data(), base64url.size(), nullptr, 0);
  if (size == SIZE_MAX) return std::nullopt;
  std::string bytes(size, '\0');
  if (jose_b64_dec_buf(base64url.data(), base64url.size(), bytes.data(), size) != size) return std::nullopt;
  return bytes;
}

bool is_base64url(std::string_view text) { return !text.empty() && text.find_first_not_of(JOSE_B64_MAP) == text.npos; }

/// Reduces a key to what is needed of it, with its algorithm written in; gives the reason why it cannot be used, or an
/// empty text.
std::string prepare(jose_cfg_t* settings, json_t* key) {
  if (!json_is_object(key)) return "it is no object";
  auto const kind = text_of(key, "kty");
  auto const row = std::ranges::find(token_algorithms, kind, &TokenAlgorithm::kind);
  if (row == std::end(token_algorithms)) return "its kty is none of oct, RSA and EC";
  if (json_object_get(key, "alg") != nullptr && text_of(key, "alg") != row->name)
    return fmt::format("keys of its kind are used for {} only", row->name);
  if (row->kind != "oct" && !jose_jwk_pub(settings, key)) return "it is incomplete";
  if (!jose_jwk_prm(settings, key, false, "verify")) return "its use or key_ops are not about signatures";
  if (row->kind == "oct") {
    auto const octets = decode(text_of(key, "k"));
    if (!octets || octets->size() < least_octets || octets->size() > most_octets)
      return fmt::format("HS256 needs {} to {} bytes, in base64url", least_octets, most_octets);
  } else {
    Pkey const native(jose_openssl_jwk_to_EVP_PKEY(settings, key));
    if (!native) return "it is incomplete or not valid";
    if (row->kind == "RSA" && EVP_PKEY_get_bits(native.get()) < least_rsa_bits) return "RS256 needs 2048 bits or more";
    if (row->kind == "EC" && text_of(key, "crv") != es256_curve) return "ES256 needs the curve P-256";
  }
  json_object_set_new(key, "alg", json_stringn(row->name.data(), row->name.size()));
  return {};
}

/// Public keys in PEM as an array of JWKs; null: there is none that can be read.
Json keys_of_pem(jose_cfg_t* settings, std::string_view text) {
  Json keys(json_array());
  Bio const bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  while (bytes) {
    Pkey const key(PEM_read_bio_PUBKEY(bytes.get(), nullptr, nullptr, nullptr));
    if (!key) break;
    json_array_append_new(keys.get(), jose_openssl_jwk_from_EVP_PKEY(settings, key.get()));
  }
  return json_array_size(keys.get()) == 0 ? nullptr : std::move(keys);
}

/// The keys of any of the three forms as an array; null: the text is none of them.
Json keys_of(jose_cfg_t* settings, std::string_view text) {
  if (text.find("-----BEGIN PUBLIC KEY-----") != text.npos) return keys_of_pem(settings, text);
  Json const document(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
  if (auto* keys = json_object_get(document.get(), "keys"); json_is_array(keys)) return Json(json_incref(keys));
  if (text_of(document.get(), "kty").empty()) return nullptr;
  Json alone(json_array());
  json_array_append(alone.get(), document.get());
  return alone;
}

Error refused(std::string why) { return {Code::token_refused, std::move(why)}; }

}  // namespace

struct JwkSet::Keys {
  std::vector<Json> keys;
};

Result<JwkSet> JwkSet::parse(std::string_view text) {
  auto const settings = quiet();
  auto const found = keys_of(settings.get(), text);
  ERR_clear_error();
  if (!found && text.find("PRIVATE KEY-----") != text.npos) {
    return Error{Code::source_refused, "this is a private key, which only the issuer of tokens should have",
                 "`openssl pkey -in private.pem -pubout -out public.pem` makes the public one"};
  }
  if (!found) return Error{Code::source_refused, "there is no JSON Web Key Set (RFC 7517) and no public key in PEM"};
  auto keys = std::make_shared<Keys>();
  JwkSet set;
  for (std::size_t i = 0; i < json_array_size(found.get()); ++i) {
    auto* key = json_array_get(found.get(), i);
    if (auto const reason = prepare(settings.get(), key); reason.empty()) {
      keys->keys.emplace_back(json_incref(key));
    } else {
      set.passed_over_.push_back(fmt::format("key {} (kid \"{}\"): {}", i + 1, text_of(key, "kid"), reason));
    }
  }
  ERR_clear_error();
  set.keys_ = std::move(keys);
  return set;
}

std::size_t JwkSet::size() const { return keys_->keys.size(); }

Result<std::string> JwkSet::verify(std::string_view token) const {
  auto const malformed = [] { return refused("the token is malformed"); };
  std::array<std::string_view, 3> parts;  // protected header, payload, signature
  for (auto rest = token; auto& part : parts) {
    bool const is_last = &part == &parts.back();
    auto const end = is_last ? rest.size() : std::min(rest.find('.'), rest.size());
    part = rest.substr(0, end);
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  auto const header_text = is_base64url(parts[0]) ? decode(parts[0]) : std::nullopt;
  if (!header_text) return malformed();
  Json const header(json_loadb(header_text->data(), header_text->size(), JSON_REJECT_DUPLICATES, nullptr));
  if (!json_is_object(header.get())) return malformed();
  // RFC 7515 §4.1.11: who does not know what is listed must refuse. We know none.
  if (json_object_get(header.get(), "crit") != nullptr) return refused("the token needs extensions");
  auto const algorithm = text_of(header.get(), "alg");
  if (std::ranges::find(token_algorithms, algorithm, &TokenAlgorithm::name) == std::end(token_algorithms))
    return refused("the token's algorithm is not accepted");
  auto payload = is_base64url(parts[1]) ? decode(parts[1]) : std::nullopt;
  if (!payload || !is_base64url(parts[2])) return malformed();

  auto const kid = text_of(header.get(), "kid");
  auto const fits = [&](json_t const* key) {
    auto const name = text_of(key, "kid");
    return text_of(key, "alg") == algorithm && (kid.empty() || name.empty() || kid == name);
  };
  Json const signed_token(json_pack("{s:s%,s:s%,s:s%}", "protected", parts[0].data(), parts[0].size(), "payload",
                                    parts[1].data(), parts[1].size(), "signature", parts[2].data(), parts[2].size()));
  auto const settings = quiet();
  bool is_tried = false;
  for (auto const& key : keys_->keys) {
    if (!fits(key.get())) continue;
    is_tried = true;
    bool const is_signed = jose_jws_ver(settings.get(), signed_token.get(), nullptr, key.get(), false);
    // What OpenSSL has noted must not be taken for a fault of the next one to use it in this thread.
    ERR_clear_error();
    if (is_signed) return *std::move(payload);
  }
  return refused(is_tried ? "the token's signature is wrong" : "the token's key is not known here");
}

}  // namespace restapi::api
