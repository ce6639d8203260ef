// SPDX-License-Identifier: MIT
/// Objects that tests put into repositories, and how they read them.
#pragma once

#include <fcntl.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.hpp"
#include "repository/object.hpp"

namespace restapi::test {

inline std::string hash_of(std::string_view bytes, EVP_MD const* algorithm = ::EVP_sha256()) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  ::EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4U];
    text += "0123456789abcdef"[digest[i] & 15U];
  }
  return text;
}

/// The same each time, with runs and without.
inline std::string invented_bytes(std::size_t size, unsigned int seed = 1) {
  std::string bytes;
  while (bytes.size() < size) {
    seed = seed * 1'103'515'245U + 12'345U;
    bytes.append(seed >> 29U, static_cast<char>(seed >> 16U));
  }
  bytes.resize(size);
  return bytes;
}

/// As AiiDA packs: one stream of zlib's.
inline std::string compressed(std::string_view bytes) {
  auto size = ::compressBound(bytes.size());
  std::string packed(size, '\0');
  REQUIRE(::compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<Bytef const*>(bytes.data()),
                      bytes.size(), 1) == Z_OK);
  packed.resize(size);
  return packed;
}

inline FileDescriptor open_file(std::string const& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(file.is_open());
  return file;
}

/// What is left of it, in pieces of that size.
inline Result<std::string> read_rest(repository::Object& object, std::size_t piece = std::size_t{64} << 10) {
  std::string bytes;
  std::vector<char> buffer(piece);
  for (;;) {
    auto const read = object.read(buffer.data(), buffer.size());
    if (!read) return read.error();
    if (*read == 0) return bytes;
    bytes.append(buffer.data(), *read);
  }
}

/// The bytes of an object from an offset on, or what is wrong: `409` and what the log is told.
inline std::string read_object(repository::Objects& objects, std::string_view hash, std::uint64_t offset = 0,
                               std::size_t piece = std::size_t{64} << 10) {
  auto const shown = [](Error const& error) {
    CHECK(error.message.find('/') == std::string::npos);  // no paths
    return std::to_string(static_cast<int>(error.code)) + " " + error.detail;
  };
  auto object = objects.open(hash, offset);
  if (!object) return shown(object.error());
  auto const bytes = read_rest(**object, piece);
  return bytes ? *bytes : shown(bytes.error());
}
inline std::string read_object(repository::Objects&& objects, std::string_view hash) {
  return read_object(objects, hash);
}

}  // namespace restapi::test
