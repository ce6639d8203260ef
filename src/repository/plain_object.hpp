// SPDX-License-Identifier: MIT
/// An object that is stored as it is, and reading from a descriptor that others use as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "repository/object.hpp"

namespace restapi::repository {

using SharedDescriptor = std::shared_ptr<FileDescriptor const>;

/// Some bytes at an offset, at most `size`; 0: there is none. Does not move where the descriptor stands. Errors:
/// errors.hpp.
Result<std::size_t> read_at(FileDescriptor const& file, char* to, std::size_t size, std::uint64_t offset);

/// A range of a regular file. It is damaged where the file ends before the range does.
class PlainObject final : public Object {
 public:
  /// For sendfile.
  enum class Range { is_offered, is_not_offered };

  /// With a checksum (CRC-32), who reads all of it is told where that is another.
  PlainObject(SharedDescriptor file, std::uint64_t offset, std::uint64_t size, Range range,
              std::optional<std::uint32_t> checksum = {});

  std::optional<FileRange> file_range() const override;

 private:
  Result<std::size_t> more(char* to, std::size_t size) override;
  Result<Done> pass(std::uint64_t bytes) override;
  Result<Done> finish() override;

  SharedDescriptor const file_;
  std::uint64_t const offset_;
  Range const range_;
  std::optional<std::uint32_t> const checksum_;
  std::uint32_t computed_ = 0;
  bool is_whole_ = true;
};

}  // namespace restapi::repository
