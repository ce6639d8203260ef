#include "store/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include "store/archive.hpp"
#include "store/load_balancing.hpp"
#include "store/postgresql_uri.hpp"
#include "store/private_file.hpp"
#include "store/profiles.hpp"

namespace restapi::store {
namespace {

namespace fs = std::filesystem;

Error refused(std::string message, std::string hint = {}) {
  return Error{Code::source_refused, std::move(message), std::move(hint)};
}

enum class Content { sqlite, zip, old_export, other };

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  Content content;
};
constexpr std::array magics{
    Magic{0, {"SQLite format 3\0", 16}, Content::sqlite},
    Magic{0, "PK\3\4", Content::zip},
    Magic{0, "PK\5\6", Content::zip},
    Magic{0, "\x1f\x8b", Content::old_export},
    Magic{257, "ustar", Content::old_export},
};

Content content_of(std::string_view beginning) {
  for (auto const& magic : magics) {
    if (beginning.size() > magic.offset && beginning.substr(magic.offset).starts_with(magic.bytes))
      return magic.content;
  }
  return Content::other;
}

Result<std::string> read_beginning(std::string const& path, std::size_t most) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(most, '\0');
  if (!file || (file.read(bytes.data(), static_cast<std::streamsize>(most)), file.bad())) {
    return refused(fmt::format("\"{}\" cannot be read: {}", path, std::generic_category().message(errno)));
  }
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

Source archive_source(UnpackedArchive unpacked, std::string name) {
  return Source{Engine::sqlite, std::move(unpacked.database), std::move(name), true, std::move(unpacked.keep)};
}

Result<Source> open_archive(std::string const& path, std::string name, Surroundings const& surroundings) {
  auto unpacked = unpack_archive(path, surroundings.temporary, surroundings.progress);
  if (!unpacked) return std::move(unpacked).error();
  return archive_source(*std::move(unpacked), std::move(name));
}

Result<Source> open_demo(Surroundings const& surroundings) {
  if (surroundings.demo.empty())
    return refused("this program was built without the demo", "name a profile, URI or file");
  auto unpacked = unpack_archive(surroundings.demo, "the demo", surroundings.temporary, surroundings.progress);
  if (!unpacked) return std::move(unpacked).error();
  return archive_source(*std::move(unpacked), "the demo");
}

/// `name` is what people see; empty: made from the file's own name.
Result<Source> open_file(std::string const& path, std::string const& name, Surroundings const& surroundings) {
  std::error_code error;
  auto const status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return refused(fmt::format("no such file: \"{}\"", path));
  if (fs::is_directory(status)) return refused(fmt::format("\"{}\" is a folder, not a file", path));
  // Opening a pipe or a device would wait, or worse.
  if (!fs::is_regular_file(status)) {
    return refused(
        fmt::format("\"{}\" {}", path, error ? "cannot be read: " + error.message() : "is not a regular file"));
  }
  auto const beginning = read_beginning(path, 512);
  if (!beginning) return beginning.error();
  auto const file_name = fs::path(path).filename().string();
  switch (content_of(*beginning)) {
    case Content::sqlite:
      return Source{Engine::sqlite, path, name.empty() ? "SQLite file " + file_name : name};
    case Content::zip:
      return open_archive(path, name.empty() ? "archive " + file_name : name, surroundings);
    case Content::old_export:
      return refused(fmt::format("\"{}\" is a tar file, as AiiDA 0.x and 1.x exported them", path),
                     fmt::format("`verdi archive migrate \"{}\" new.aiida` makes one that can be read", path));
    case Content::other:
      break;
  }
  return refused(fmt::format("\"{}\" is neither an AiiDA archive nor an SQLite database", path));
}

/// `name` is what people see; empty: made from database and hosts, in the order in which they are written.
Result<Source> open_postgresql(std::string const& text, std::string const& name, Surroundings const& surroundings) {
  auto const balanced = take_load_balancing(text);
  if (!balanced) return balanced.error();
  auto settings = parse_postgresql(balanced->text);
  if (!settings) return std::move(settings).error();
  Source source{Engine::postgresql, {}, name.empty() ? describe_postgresql(*settings) : name};
  bool const is_shuffled = balanced->balancing == LoadBalancing::random && surroundings.random;
  source.location =
      postgresql_uri(is_shuffled ? shuffle_hosts(*std::move(settings), surroundings.random) : *std::move(settings));
  return source;
}

Result<Source> open_profile(Profile const& profile, Surroundings const& surroundings) {
  if (profile.storage == Profile::Storage::postgresql) {
    return open_postgresql(profile.location, profile.description, surroundings);
  }
  return open_file(expand_home(profile.location, surroundings.home), profile.description, surroundings);
}

/// The text of config.json, or none if there is no such file.
Result<std::optional<std::string>> read_configuration(std::string const& path) {
  constexpr std::size_t largest = std::size_t{16} << 20;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::optional<std::string>();
  auto text = read_beginning(path, largest);
  if (!text) return std::move(text).error();
  return std::optional<std::string>(*std::move(text));
}

Result<Source> open_named_profile(std::string const& name, Surroundings const& surroundings) {
  auto const file = configuration_file(surroundings.aiida_path, surroundings.home);
  auto const text = read_configuration(file);
  if (!text) return text.error();
  if (!*text) {
    return refused(fmt::format("there is no profile \"{}\": the file {} does not exist", name, file),
                   "AIIDA_PATH says where AiiDA's configuration is");
  }
  auto const profile = find_profile(**text, name, file);
  if (!profile) return profile.error();
  return open_profile(*profile, surroundings);
}

Result<Source> open_default(Surroundings const& surroundings) {
  auto const file = configuration_file(surroundings.aiida_path, surroundings.home);
  auto const text = read_configuration(file);
  if (!text) return text.error();
  if (!*text) return open_demo(surroundings);
  auto const profile = find_default_profile(**text, file);
  if (!profile) return profile.error();
  return *profile ? open_profile(**profile, surroundings) : open_demo(surroundings);
}

bool looks_like_path(std::string_view text) {
  constexpr std::array<std::string_view, 7> suffixes{".aiida", ".zip", ".sqlite", ".sqlite3", ".db", ".tar", ".gz"};
  return text.find('/') != text.npos ||
         std::any_of(suffixes.begin(), suffixes.end(), [&](auto suffix) { return text.ends_with(suffix); });
}

Result<Source> open_text(std::string const& text, Surroundings const& surroundings) {
  if (text.empty()) return refused("the name of the database is empty", "name a profile, URI or file");
  if (is_postgresql_uri(text)) return open_postgresql(text, {}, surroundings);
  auto const path = expand_home(text, surroundings.home);
  std::error_code error;
  auto const status = fs::status(path, error);
  // A folder may be called like a profile; a path is then written with a slash.
  if (fs::exists(status) && !fs::is_directory(status)) return open_file(path, {}, surroundings);
  if (is_keyword_string(text)) return open_postgresql(text, {}, surroundings);
  if (auto const scheme = text.find("://"); scheme != text.npos) {
    return refused(fmt::format("a URI of the scheme \"{}\" cannot be read", text.substr(0, scheme)),
                   "postgresql://USER@HOST/DATABASE can");
  }
  if (looks_like_path(text)) return open_file(path, {}, surroundings);
  return open_named_profile(text, surroundings);
}

std::optional<std::string> environment(char const* name) {
  auto const* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

Surroundings surroundings_of_this_process() {
  Surroundings surroundings;
  surroundings.aiida_path = environment("AIIDA_PATH");
  surroundings.home = environment("HOME").value_or("/");
  surroundings.temporary = environment("TMPDIR").value_or("/tmp");
  surroundings.random = [engine = std::make_shared<std::mt19937>(std::random_device()())](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(*engine);
  };
  return surroundings;
}

Result<Source> open_source(Wanted const& wanted, Surroundings const& surroundings) {
  remove_leftovers(surroundings.temporary);
  switch (wanted.kind) {
    case Wanted::Kind::automatic:
      return open_default(surroundings);
    case Wanted::Kind::text:
      return open_text(wanted.text, surroundings);
    case Wanted::Kind::profile:
      return open_named_profile(wanted.text, surroundings);
    case Wanted::Kind::demo:
      return open_demo(surroundings);
  }
  return refused("the database is of a kind that is not known");
}

}  // namespace restapi::store
