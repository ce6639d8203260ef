// SPDX-License-Identifier: MIT
#include "store/lasting_failures.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "source/files.hpp"
#include "store/connection_factory.hpp"
#include "store/failures.hpp"
#include "store/postgresql/server_presence.hpp"
#include "store/sqlite/served_file.hpp"

namespace restapi::store {
namespace {

struct Row {
  std::string_view mark;
  std::string_view reason;
};

/// SQLSTATEs, and classes of them, of servers that refuse a connection (PostgreSQL 15, appendix A).
constexpr Row refusals[] = {
    {"3D000", "its server has no such database"},
    {"28", "its server does not let this service in"},
    {"42501", "its server does not let this service in"},
};

/// What libpq says, or our connection, before a server has anything to say, in these words whatever the language: the
/// program sets no locale. A host may have a name again later, so such a source is tried again like every other one.
constexpr Row words_before_a_server[] = {
    {encoding_is_unknown, "its texts are in an encoding that is not known here"},
    {"could not translate host name", "its server's host name is not known"},
    {"server does not support SSL, but SSL was required", "its server has no encryption, which is asked for"},
    {"certificate verify failed", "the certificate of its server is not trusted"},
    {"does not match host name", "the certificate of its server is not trusted"},
    {"no password supplied", "its server does not let this service in"},
};

/// The reason that each line gives; empty where one gives another or none: of several hosts one may come back.
std::string_view reason_of_words(std::string_view words) {
  std::string_view reason;
  while (!words.empty()) {
    auto const line = words.substr(0, words.find('\n'));
    words.remove_prefix(std::min(words.size(), line.size() + 1));
    if (line.empty() || line == words_of_soci) continue;
    auto const* const found =
        std::ranges::find_if(words_before_a_server, [&](Row const& row) { return line.find(row.mark) != line.npos; });
    if (found == std::end(words_before_a_server) || (!reason.empty() && reason != found->reason)) return {};
    reason = found->reason;
  }
  return reason;
}

/// What refuses does so at once. Anything else would take as much time once more.
constexpr std::chrono::milliseconds quick{2'500};

std::string_view reason_of_server(source::Source const& source) {
  auto const state = refusal_of_server(source);
  for (auto const& row : refusals)
    if (state.starts_with(row.mark)) return row.reason;
  return {};
}

std::string_view reason_of_result(int result) {
  switch (result & 0xFF) {
    case SQLITE_NOTADB:
      return "its file is not an SQLite database";
    case SQLITE_CORRUPT:
      return "its file is damaged";
    default:
      return {};
  }
}

/// SQLite's. The pool, whose thread opens connections, hands over words alone: then it is opened once more.
int result_of(source::Source const& source, soci::soci_error const& error, std::chrono::milliseconds took) {
  if (auto const* const failure = dynamic_cast<soci::sqlite3_soci_error const*>(&error)) return failure->result();
  if (took > quick) return SQLITE_OK;
  try {
    ConnectionFactory(source, quick, false).now();
  } catch (soci::sqlite3_soci_error const& failure) {
    return failure.result();
  } catch (soci::soci_error const&) {
  }
  return SQLITE_OK;
}

std::string reason_of_path(source::Source const& source) {
  auto const file = identity_of_file(source.location);
  return file && source::is_file_of_another(source, *file) ? source::path_of_another
                                                           : source::lasting_reason_of_file(source.location);
}

std::string reason_of_file(source::Source const& source, soci::soci_error const& error,
                           std::chrono::milliseconds took) {
  if (auto reason = source.immutable ? std::string() : reason_of_path(source); !reason.empty()) return reason;
  auto const result = result_of(source, error, took);
  auto const kind = result & 0xFF;
  std::error_code no_such_file;
  auto const real = std::filesystem::canonical(source.location, no_such_file).string();
  bool const is_unfinished = (kind == SQLITE_READONLY || kind == SQLITE_CANTOPEN) &&
                             (has_content(real + "-journal") || has_content(real + "-wal"));
  return is_unfinished ? "a program was interrupted while it wrote to its file, which has to be opened once with AiiDA "
                         "or sqlite3"
                       : std::string(reason_of_result(result));
}

}  // namespace

std::string lasting_reason(source::Source const& source, soci::soci_error const& error,
                           std::chrono::milliseconds took) {
  if (source.engine == source::Engine::sqlite) return reason_of_file(source, error, took);
  if (auto const reason = reason_of_words(error.get_error_message()); !reason.empty()) return std::string(reason);
  return std::string(took > quick ? std::string_view() : reason_of_server(source));
}

}  // namespace restapi::store
