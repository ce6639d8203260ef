// SPDX-License-Identifier: MIT
/// A format in which a version of the API sends its answers: a row of the version's table (api/v2/formats.cpp). Which
/// one a client means is read from the end of its path, or from its Accept header (RFC
/// 9110 §12.5.1).
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "api/answer.hpp"
#include "api/row_writer.hpp"
#include "base/answer_limits.hpp"
#include "base/error.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api {

/// Of which answers.
enum class FormatOf { anything, lists, graphs, files };

struct Format {
  std::string_view name;         ///< each of a version has its own: "JSON"
  std::string_view media_type;   ///< of the answer
  std::string_view asked_as;     ///< the media type in Accept that means it
  std::string_view ending = {};  ///< of a path that means it, whatever Accept says: "csv" of /nodes.csv; empty: none

  /// Writes an answer. Throws Interrupted; an error where the content cannot be written, or not in this format.
  Result<http::Response> (*render)(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits) = nullptr;

  /// Instead of that, where lists are sent as they are read.
  std::unique_ptr<RowWriter> (*writer)(std::shared_ptr<query::Projection const> projection) = nullptr;

  FormatOf of = FormatOf::anything;
  /// What is read of each node of a graph, instead of what the client chooses; empty: that.
  std::span<std::string_view const> fields = {};

  /// Says an error in this format. `said`: what the version says of it, whose status and header fields stay. `error`:
  /// null where there is nothing at the path. `sent`: the target within the profile. `address`: of the profile. Null:
  /// that is sent.
  http::Response (*render_error)(http::Response said, Error const* error, std::string_view sent,
                                 http::PublicAddress const& address) = nullptr;

  bool is_page = false;         ///< only for who prefers it to JSON (RFC 9110 §12.5.1)
  bool is_indented = false;     ///< for a person: finish() indents JSON, also that of errors
  bool is_default = false;      ///< also meant by */* and application/*, and by no Accept at all: one of a version is
  bool is_last_resort = false;  ///< also sent to a client that takes none of them
};

using Render = decltype(Format::render);

/// JSON, which every version has: for programs, and for people, whose browsers ask for text/html.
constexpr Format json_format(Render render, std::string_view ending = {}) {
  return {.name = "JSON",
          .media_type = "application/json",
          .asked_as = "application/json",
          .ending = ending,
          .render = render,
          .is_default = true};
}
constexpr Format indented_json_format(Render render, std::string_view ending = {}) {
  return {.name = "indented JSON",
          .media_type = "application/json",
          .asked_as = "text/html",
          .ending = ending,
          .render = render,
          .is_indented = true};
}

/// The one that the path ends in, or the first that the client takes. Null: it takes none of them. A header without one
/// well-formed media range counts as absent.
Format const* choose_format(std::string_view accept, std::span<Format const> formats, std::string_view path = {});

/// What the last segment of a path ends in, with its point: ".csv"; empty: none of these.
std::string_view ending_of(std::string_view segment, std::span<Format const> formats);

/// Code::not_acceptable, with the formats that there are.
Error not_acceptable(std::span<Format const> formats);

}  // namespace restapi::api
