// SPDX-License-Identifier: MIT
/// How the changes of a database are learnt.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "store/changes/change.hpp"

namespace restapi::store {

/// Why what follows a cursor cannot be told. Whoever has it reads anew what he shows, and goes on from now.
enum class Lost {
  other_database,     ///< another epoch: restored, set up again, promoted, another database
  too_old,            ///< changes that it lacks have been removed
  undone,             ///< the last change that it has is gone: the database was set back, or lost it in a crash
  unknown_deletions,  ///< objects have gone that were so many that nobody knows which
};

/// From what changes are to be learnt.
enum class WantedSource {
  automatic,  ///< what is installed; by following where nothing is
  installed,
  following,
};

/// What changes are learnt from.
enum class SourceKind {
  unknown,     ///< nobody has asked yet, or it is not there
  unchanging,  ///< an archive: there are no changes
  installed,   ///< what the database writes down
  following,   ///< its tables
};

/// As metrics and clients are told; empty for unknown.
constexpr std::string_view name_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::unknown:
      return {};
    case SourceKind::unchanging:
      return "none";
    case SourceKind::installed:
      return "installed";
    case SourceKind::following:
      return "following";
  }
  return {};
}

struct SourceInUse {
  SourceKind kind = SourceKind::unknown;
  std::string why = {};  ///< what is installed is not used; or empty

  bool operator==(SourceInUse const&) const = default;
};

/// One thread at a time.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;

  /// The cursor of whoever has all that there is now.
  virtual Result<Cursor> now() = 0;

  /// What follows the cursor, one statement's worth: if it is not whole, the rest follows Batch::after. Only committed
  /// changes, each once, those of one object in their order. Errors as of Reader::read.
  virtual Result<std::variant<Batch, Lost>> read(Cursor const& cursor) = 0;

  /// Whether a cursor that a client has brought can be continued; read() alone does not see that changes were undone.
  /// Errors also: standby_behind, what the client has has not come to this standby yet; it may in a moment.
  virtual Result<std::optional<Lost>> examine(Cursor const& cursor) = 0;

  /// Objects that read() has just told to be there had gone when they were to be read. Whoever finds out what has gone
  /// by what it knows tells of them again, whether they are there again or not.
  virtual void doubt(model::Entity const& /*entity*/, std::span<std::int64_t const> /*ids*/) {}

  /// Any thread.
  virtual SourceInUse in_use() const { return {}; }
};

}  // namespace restapi::store
