/// Where a database is, found from what a person typed: a URI, a file, the name of a profile.
///
/// The steps are files of their own: postgresql_uri (what libpq reads), hosts (which of several is preferred), profiles
/// (AiiDA's config.json), archive (a zip with a database in it), private_file (where that database lives while we read
/// it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "store/hosts.hpp"

namespace restapi::store {

enum class Engine { postgresql, sqlite };

struct Source {
  Engine engine = Engine::sqlite;
  /// postgresql: a URI `postgresql:///?key=value&…` with every value percent-encoded and at least one parameter, so
  /// `&key=value` may be appended (libpq takes the last of a repeated key); it may hold a password: never log it.
  /// Several hosts are in the order in which this process tries them (store/hosts.hpp).
  /// sqlite: the path of the file.
  std::string location;
  std::string name;                 ///< for people and logs: profile or file name, database and host; never a password
  bool immutable = false;           ///< the file cannot change while we read it (an archive's private copy)
  std::shared_ptr<void> keep = {};  ///< owns what must live as long as the source is used (an archive's private copy)
};

/// What the person asked for.
struct Wanted {
  enum class Kind {
    automatic,  ///< nothing was said: the default profile, else the demo
    text,       ///< PROFILE, URI or FILE: whichever the text turns out to be
    profile,    ///< the name of a profile, even if a file is called the same
    demo,       ///< the database built into the program
  };
  Kind kind = Kind::automatic;
  std::string text = {};  ///< for text and profile

  bool operator==(Wanted const&) const = default;
};

/// Bytes unpacked so far and in all. Called often (each MiB) on the thread that opens; false stops the unpacking.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Everything around the program that decides what a text means, handed in so that tests bring their own.
struct Surroundings {
  std::optional<std::string> aiida_path = {};  ///< $AIIDA_PATH: folders separated by colons
  std::string home = {};                       ///< $HOME: ~/.aiida, and a leading ~/ of a file
  std::string temporary = "/tmp";              ///< $TMPDIR: where an archive's database is unpacked
  std::span<std::byte const> demo = {};        ///< the demo, an archive in memory; empty: this build has none
  Progress progress = {};                      ///< may be empty
  Random random = {};                          ///< for the order of several hosts; empty: as they are written
};

/// The surroundings of this process, without demo and progress. Reads the environment: call before starting threads.
Surroundings surroundings_of_this_process();

/// Finds and opens: after it an archive is unpacked, a file is known to be SQLite; a PostgreSQL server has not been
/// contacted. Where one names several hosts, their order is shuffled, unless it says `load_balance_hosts=disable`;
/// hosts that libpq takes from elsewhere (PGHOST, a service file) stay as they are. First it removes what crashed
/// servers of the same user left in the temporary folder. A text is tried in this order: a postgresql:// URI, an
/// existing file (recognised by its first bytes, not its name), a libpq keyword string, something that looks like a
/// path (then: no such file), a profile. Errors: Code::source_refused, one sentence for the person at the terminal;
/// never a password in it.
Result<Source> open_source(Wanted const& wanted, Surroundings const& surroundings);

}  // namespace restapi::store
