// SPDX-License-Identifier: MIT
#include "observation/access_log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <ctime>
#include <iterator>

#include "base/json_text.hpp"
#include "base/tokens.hpp"
#include "observation/log_file.hpp"

namespace restapi::observation {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// More of it tells nothing.
constexpr std::size_t longest_user_agent = 256;

/// RFC 3339, UTC. The part up to the second is formatted once for each.
void append_time(std::string& line, std::chrono::system_clock::time_point now) {
  thread_local std::time_t formatted = -1;
  thread_local std::string text;
  auto const milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  if (auto const second = static_cast<std::time_t>(milliseconds / 1000); second != formatted) {
    std::tm utc{};
    gmtime_r(&second, &utc);
    text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
    formatted = second;
  }
  line += text;
  fmt::format_to(std::back_inserter(line), "{:03}Z", milliseconds % 1000);
}

}  // namespace

std::string_view name_of(http::Origin origin) {
  switch (origin) {
    case http::Origin::computed:
      return "computed";
    case http::Origin::cached:
      return "remembered";
    case http::Origin::read:
      return "read";
  }
  return "";
}

void append_access_line(std::string& line, http::Finished const& finished, std::chrono::system_clock::time_point now,
                        std::optional<std::uint64_t> messages) {
  auto const add = [&line](std::string_view key, std::string_view text) {
    line += key;
    append_json_string(line, text);
  };
  line += "{\"time\":\"";
  append_time(line, now);
  line += '"';
  add(",\"id\":", finished.id);
  add(",\"client\":", finished.client);
  std::string room;
  add(",\"method\":", without_tokens(finished.method, room));
  add(",\"target\":", without_tokens(finished.target, room));
  add(",\"profile\":", finished.trace.profile);
  add(",\"route\":", finished.trace.route);
  fmt::format_to(std::back_inserter(line),
                 ",\"status\":{},\"bytes\":{},\"ms\":{:.3f},\"statements\":{},\"origin\":\"{}\"", finished.status,
                 finished.bytes, Milliseconds(finished.took).count(), finished.trace.statements.size(),
                 name_of(finished.trace.origin));
  add(",\"user_agent\":", without_tokens(finished.user_agent, room).substr(0, longest_user_agent));
  if (messages) fmt::format_to(std::back_inserter(line), ",\"messages\":{}", *messages);
  line += '}';
}

AccessLog::AccessLog(std::string const& path, Objection objection)
    : file_(std::make_shared<LogFile>(LogFileOptions{.path = path, .objection = std::move(objection)})),
      logger_(std::make_unique<spdlog::logger>("access", file_)) {}
AccessLog::~AccessLog() = default;

void AccessLog::on_finished(http::Finished const& finished) { log(finished, {}); }
void AccessLog::on_ended(http::Ended const& ended) { log(ended.asked, ended.messages); }

void AccessLog::log(http::Finished const& finished, std::optional<std::uint64_t> messages) {
  thread_local std::string line;
  line.clear();
  append_access_line(line, finished, std::chrono::system_clock::now(), messages);
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void AccessLog::flush() { file_->flush(); }
void AccessLog::reopen() { file_->reopen(); }
std::uint64_t AccessLog::dropped() const { return file_->dropped(); }

}  // namespace restapi::observation
