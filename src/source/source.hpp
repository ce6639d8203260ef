// SPDX-License-Identifier: MIT
/// Where databases are, found from what a person typed: a URI, a file, a folder of files, the name of a profile.
/// Finding and opening are two steps: of a hundred databases that are found, few may ever be asked for.
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
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "repository/object.hpp"
#include "source/hosts.hpp"
#include "source/served_files.hpp"

namespace restapi::source {

enum class Engine { postgresql, sqlite };

struct Source {
  Engine engine = Engine::sqlite;
  /// postgresql: a URI `postgresql:///?key=value&…` with every value percent-encoded and at least one parameter, so
  /// `&key=value` may be appended (libpq takes the last of a repeated key); it may hold a password: never log it.
  /// Several hosts are in the order in which this process tries them (source/hosts.hpp).
  /// sqlite: the path of the file; of an archive's private copy, one that only this process can use.
  std::string location;
  /// For people and logs: profile, path as it was written, database and host. Never a password; nothing for clients.
  std::string name;
  bool immutable = false;           ///< the file cannot change while we read it (an archive's private copy)
  std::shared_ptr<void> keep = {};  ///< owns what must live as long as the source is used (an archive's private copy)
  std::shared_ptr<ServedFiles> all_files = {};      ///< of all profiles, this one's too; or null
  std::shared_ptr<repository::Objects> files = {};  ///< of its nodes, in its archive; or null
  std::string container = {};  ///< or the folder that they are in (repository/container_objects.hpp); empty: none
  bool is_primary = false;     ///< postgresql: connections go only where writes go (target_session_attrs)
};

/// Whether the file is another profile's (source/served_files.hpp): one that is there now, or has been opened under the
/// source's path, since something else may lie there a moment later.
bool is_file_of_another(Source const& source, FileIdentity const& file);

/// What is said of it, after the name of the profile.
inline constexpr std::string_view leads_to_another = "leads to the file of another profile by now";
inline constexpr char const* path_of_another = "its path leads to another profile's file";  ///< Error::lasting

/// What the person asked for.
struct SourceSpec {
  enum class Kind {
    automatic,  ///< nothing was said: the default profile; the demo where AiiDA has no configuration
    text,       ///< PROFILE, URI, FILE or FOLDER: whichever the text turns out to be
    profile,    ///< the name of a profile, even if a file is called the same
    demo,       ///< the database built into the program
  };
  Kind kind = Kind::automatic;
  std::string text = {};  ///< for text and profile

  bool operator==(SourceSpec const&) const = default;
};

/// Bytes unpacked so far and in all. Called often (each MiB) on the thread that opens; false stops the unpacking.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// Everything outside the program that decides what a text means. A parameter, so that tests can have their own.
struct SourceContext {
  std::optional<std::string> aiida_path = {};  ///< $AIIDA_PATH: folders separated by colons
  std::string home = {};                       ///< $HOME: ~/.aiida, and a leading ~/ of a file
  std::string temporary = "/tmp";              ///< $TMPDIR: where an archive's database is unpacked
  std::span<std::byte const> demo = {};        ///< the demo, an archive in memory; empty: this build has none
  Progress progress = {};                      ///< may be empty
  Random random = {};                          ///< for the order of several hosts; empty: as they are written
};

/// The surroundings of this process, without demo and progress. Reads the environment: call before starting threads.
SourceContext source_context_of_process();

/// A database that has been found, but not opened.
struct FoundSource {
  /// What opening has to unpack.
  enum class Packed { no, archive, demo };

  std::string name;  ///< for addresses: the profile's, the file's without its ending, the PostgreSQL database's, `demo`
  Source source;     ///< of an archive `location` is the archive itself, of the demo it is empty
  Packed packed = Packed::no;
  bool in_folder = false;  ///< the folder was asked for, not the file
  std::string stem = {};   ///< of a file in a folder: without its ending, also where `name` has it
  /// Why it cannot be served as things are (with Error::lasting); `packed` is not known then. What has a location is
  /// looked at again with each opening.
  std::optional<Error> broken = {};
};

/// What `wanted` means: one database, or each archive and SQLite file of a folder, in the order of their names, at
/// least one (folders below it, hidden files and files that are something else are passed over). A database that is not
/// there or cannot be served is found as well, and says why (`broken`): a file, a profile, a folder without databases,
/// and files of a folder with the ending of a database. Costs little: reads
/// the profiles and the first bytes of files, unpacks nothing, contacts nobody. A text is tried in this order: a
/// postgresql:// URI, an existing file (recognised by its first bytes, not its name), a libpq keyword string, something
/// that looks like a path (then: a folder, or no such file), a profile, a folder. Files of a folder whose names differ
/// in their endings alone are called by their whole names. Where a source names several PostgreSQL hosts, their order
/// is shuffled, unless it says `load_balance_hosts=disable`; hosts that libpq takes from elsewhere (PGHOST, a service
/// file) stay as they are. Errors: Code::source_refused, one sentence for the person at the terminal; never a password
/// in it: the text cannot mean a database, or nothing was said and there is no default.
Result<std::vector<FoundSource>> find_sources(SourceSpec const& wanted, SourceContext const& context);

/// Whether AiiDA's configuration has a profile of that name.
bool has_profile(std::string const& name, SourceContext const& context);

/// Unpacks an archive or the demo, on the disk of the temporary folder; does nothing for other sources, whose servers
/// and files are met by open_store(). May be called again, from any thread, by many at once: each gets a copy of its
/// own. Errors as above, also where `surroundings.progress` stopped it.
Result<Source> open_source(FoundSource const& found, SourceContext const& context);

}  // namespace restapi::source
