// SPDX-License-Identifier: MIT
#include "api/file_reply.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "api/cache/response_cache.hpp"
#include "api/conditional.hpp"
#include "base/stream_place.hpp"
#include "http/range.hpp"
#include "http/target.hpp"
#include "repository/object.hpp"

namespace restapi::api {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10;
// What is no larger is read at once: a thread for it would cost more.
constexpr std::uint64_t small = 4 * piece_size;
// Skipped between two looks at whether somebody waits.
constexpr std::uint64_t skipped_at_once = std::uint64_t{16} << 20;

// Each has a thread until its reader has all of it.
constexpr unsigned most_at_once = 64;
std::atomic<unsigned> being_sent = 0;

/// A part of an object, piece by piece.
class ObjectBody final : public http::BodySource {
 public:
  ObjectBody(std::unique_ptr<StreamPlace> place, std::shared_ptr<repository::Object> object, http::Part const& part,
             std::stop_token gone)
      : place_(std::move(place)),
        object_(std::move(object)),
        skipped_(part.offset),
        left_(part.length),
        gone_(std::move(gone)) {}

  http::Piece next() override {
    while (skipped_ > 0) {
      if (gone_.stop_requested()) return {{}, http::Piece::Kind::broken};
      auto const now = std::min(skipped_, skipped_at_once);
      if (auto const done = object_->skip(now); !done) return broken(done.error());
      skipped_ -= now;
    }
    http::Piece piece;
    piece.text.resize(std::min<std::uint64_t>(left_, piece_size));
    auto const read = piece.text.empty() ? 0 : object_->read(piece.text.data(), piece.text.size());
    if (!read) return broken(read.error());
    piece.text.resize(*read);
    left_ -= *read;
    if (left_ == 0) piece.kind = http::Piece::Kind::last;
    if (*read == 0 && left_ > 0) piece.kind = http::Piece::Kind::broken;
    return piece;
  }

 private:
  static http::Piece broken(Error const& error) {
    spdlog::error("a file has ended early: {} {}", error.message, error.detail);
    return {{}, http::Piece::Kind::broken};
  }

  std::unique_ptr<StreamPlace> const place_;
  std::shared_ptr<repository::Object> const object_;
  std::uint64_t skipped_, left_;
  std::stop_token const gone_;
};

std::uint64_t size_of(File const& file) { return file.object ? file.object->size() : file.text.size(); }

Result<std::string> read_part(repository::Object& object, http::Part const& part) {
  if (part.offset > 0)
    if (auto const done = object.skip(part.offset); !done) return done.error();
  std::string text(part.length, '\0');
  for (std::size_t done = 0; done < text.size();) {
    auto const read = object.read(text.data() + done, text.size() - done);
    if (!read) return read.error();
    if (*read == 0) return Error{Code::store_damaged, "the file is shorter than the repository says"};
    done += *read;
  }
  return text;
}

bool is_plain(char byte) { return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\'; }

}  // namespace

std::string content_disposition(std::string_view name) {
  if (std::ranges::all_of(name, is_plain)) return fmt::format("attachment; filename=\"{}\"", name);
  std::string plain;
  for (char const byte : name) plain += is_plain(byte) ? byte : '_';
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, http::percent_encode_segment(name));
}

Result<http::Reply> file_reply(File const& file, http::Request const& asked, std::string_view origin,
                               AccessPolicy const& access, http::Trace trace, std::stop_token gone) {
  auto const size = size_of(file);
  auto const etag = file.hash.empty() ? std::string() : "\"" + file.hash + "\"";
  auto const part = http::part_of(asked, {.etag = etag}, size);
  http::Response response{part.status, {{"Content-Type", "application/octet-stream"}}, {}};
  response.headers.add("Content-Disposition", content_disposition(file.name));
  response.headers.add("Accept-Ranges", "bytes");
  if (!etag.empty()) response.headers.add("ETag", etag);
  constexpr int whole = 200;
  if (part.status != whole) response.headers.add("Content-Range", http::content_range(part, size));
  Representation const form{.origin = origin};
  auto const finished = [&] { return finish(std::move(response), form, access); };
  auto const if_none_match = if_none_match_of(asked);
  bool const is_known = part.status == whole && !etag.empty() && names_etag(if_none_match, etag);
  if (is_known || part.length == 0) {
    if (is_known) response.status = 304;
    return http::Reply(finished(), std::move(trace));
  }
  if (!file.object) {
    response.body = file.text.substr(part.offset, part.length);
    return http::Reply(finished(), std::move(trace));
  }
  if (auto range = file.object->file_range()) {
    response.body = net::FileRange{std::move(range->file), range->offset + part.offset, part.length};
    return http::Reply(finished(), std::move(trace));
  }
  if (part.length <= small && part.offset <= skipped_at_once) {
    auto text = read_part(*file.object, part);
    if (!text) return std::move(text).error();
    response.body = *std::move(text);
    return http::Reply(finished(), std::move(trace));
  }
  response.headers.add("Content-Length", std::to_string(part.length));
  std::unique_ptr<ObjectBody> source;
  if (asked.method != "HEAD") {
    auto place = StreamPlace::take(being_sent, most_at_once);
    if (!place)
      return Error{Code::overloaded, "as many files are being sent as this server has room for", "try again later"};
    source = std::make_unique<ObjectBody>(std::move(place), file.object, part, std::move(gone));
  }
  auto reply = http::streamed(finished(), std::move(source), std::move(trace));
  reply.streamed->has_length = true;
  return reply;
}

}  // namespace restapi::api
