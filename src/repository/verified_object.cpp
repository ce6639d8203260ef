// SPDX-License-Identifier: MIT
#include "repository/verified_object.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <string>
#include <utility>

#include "repository/errors.hpp"
#include "repository/hash.hpp"

namespace restapi::repository {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

class VerifiedObject final : public Object {
 public:
  VerifiedObject(std::unique_ptr<Object> object, std::string_view hash, Context context)
      : Object(object->size()), object_(std::move(object)), hash_(hash), context_(std::move(context)) {}

 private:
  Result<std::size_t> more(char* to, std::size_t size) override {
    auto read = object_->read(to, size);
    if (read && is_whole_) ::EVP_DigestUpdate(context_.get(), to, *read);
    return read;
  }

  Result<Done> pass(std::uint64_t bytes) override {
    is_whole_ = false;
    return object_->skip(bytes);
  }

  Result<Done> finish() override {
    if (!is_whole_) return Done{};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    ::EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    if (auto const found = hex(digest.data(), size); found != hash_)
      return damaged_object("its content has the hash " + found);
    return Done{};
  }

  std::unique_ptr<Object> const object_;
  std::string const hash_;
  Context const context_;
  bool is_whole_ = true;
};

}  // namespace

Result<std::unique_ptr<Object>> verified(std::unique_ptr<Object> object, std::string_view hash) {
  assert(object->position() == 0);
  auto const* algorithm = is_hash(hash, sha256_digits) ? ::EVP_sha256()
                          : is_hash(hash, sha1_digits) ? ::EVP_sha1()
                                                       : nullptr;
  if (algorithm == nullptr) return damaged_object("its hash is none that is known");
  Context context(::EVP_MD_CTX_new());
  if (!context || ::EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1)
    return unreadable("hashing an object", ENOMEM);
  return std::unique_ptr<Object>(std::make_unique<VerifiedObject>(std::move(object), hash, std::move(context)));
}

}  // namespace restapi::repository
