// SPDX-License-Identifier: MIT
/// Keys and signed tokens, made with OpenSSL alone: what a test checks is not made by what it checks.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace restapi::test {

inline std::string base64url(std::string_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned bits = 0, count = 0;
  for (char const byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) text += digits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += digits[bits << (6 - count) & 63];
  return text;
}

/// A private key of RSA or P-256.
class KeyPair {
 public:
  static KeyPair rsa(unsigned bits = 2048) { return KeyPair(EVP_RSA_gen(bits)); }
  static KeyPair p256() { return KeyPair(EVP_EC_gen("P-256")); }
  static KeyPair p384() { return KeyPair(EVP_EC_gen("P-384")); }

  EVP_PKEY* get() const { return key_.get(); }

  /// The public key: `"kty":"RSA","n":"…","e":"…"`, without braces.
  std::string jwk() const {
    if (EVP_PKEY_get_base_id(get()) == EVP_PKEY_RSA)
      return R"("kty":"RSA","n":")" + number("n") + R"(","e":")" + number("e") + '"';
    bool const is_p256 = EVP_PKEY_get_bits(get()) == 256;
    return std::string(R"("kty":"EC","crv":")") + (is_p256 ? "P-256" : "P-384") + R"(","x":")" + number("qx") +
           R"(","y":")" + number("qy") + '"';
  }

  std::string private_member() const {
    return R"("d":")" + number(EVP_PKEY_get_base_id(get()) == EVP_PKEY_RSA ? "d" : "priv") + '"';
  }

  std::string pem() const {
    std::unique_ptr<BIO, decltype(&BIO_free_all)> const memory(BIO_new(BIO_s_mem()), BIO_free_all);
    PEM_write_bio_PUBKEY(memory.get(), get());
    char* text = nullptr;
    auto const size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  /// RSASSA-PKCS1-v1_5 or ECDSA with SHA-256; the latter as two numbers (RFC 7518 §3.4).
  std::string sign(std::string_view text) const {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(1024, '\0');
    auto size = signature.size();
    auto* bytes = reinterpret_cast<unsigned char*>(signature.data());
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, get()) != 1 ||
        EVP_DigestSign(context.get(), bytes, &size, reinterpret_cast<unsigned char const*>(text.data()), text.size()) !=
            1)
      throw std::runtime_error("cannot sign");
    signature.resize(size);
    if (EVP_PKEY_get_base_id(get()) == EVP_PKEY_RSA) return signature;
    unsigned char const* der = bytes;
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> const pair(
        d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)), ECDSA_SIG_free);
    constexpr int half = 32;
    std::string raw(2 * half, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + half, half);
    return raw;
  }

 private:
  explicit KeyPair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {
    if (!key_) throw std::runtime_error("cannot make a key");
  }

  std::string number(char const* name) const {
    BIGNUM* value = nullptr;
    if (EVP_PKEY_get_bn_param(get(), name, &value) != 1) throw std::runtime_error(name);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_clear_free(value);
    bool const is_coordinate = name[0] == 'q';  // RFC 7518 §6.2.1.2: with leading zeros
    std::size_t const width = is_coordinate ? static_cast<std::size_t>((EVP_PKEY_get_bits(get()) + 7) / 8) : 0;
    if (bytes.size() < width) bytes.insert(0, width - bytes.size(), '\0');
    return base64url(bytes);
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

inline std::string hmac_sha256(std::string_view key, std::string_view text) {
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<unsigned char const*>(text.data()),
       text.size(), code, &size);
  return {reinterpret_cast<char const*>(code), size};
}

/// Header and payload as the signature covers them.
inline std::string unsigned_token(std::string_view header, std::string_view payload) {
  return base64url(header) + '.' + base64url(payload);
}

inline std::string token(std::string_view header, std::string_view payload, std::string_view secret) {
  auto const text = unsigned_token(header, payload);
  return text + '.' + base64url(hmac_sha256(secret, text));
}

inline std::string token(std::string_view header, std::string_view payload, KeyPair const& key) {
  auto const text = unsigned_token(header, payload);
  return text + '.' + base64url(key.sign(text));
}

}  // namespace restapi::test
