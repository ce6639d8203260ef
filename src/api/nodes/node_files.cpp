// SPDX-License-Identifier: MIT
#include "api/nodes/node_files.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/answer_limits.hpp"
#include "repository/tree.hpp"

namespace restapi::api {
namespace {

/// What a client learns of a file that should be there; the log has more.
Error as_fault(Error error) {
  bool const is_fault = error.code == Code::no_such_object || error.code == Code::store_damaged;
  if (!is_fault) return error;
  error.detail = fmt::format("{} {}", error.message, error.detail);
  error.code = Code::file_damaged;
  return error;
}

/// All of a file, for an exporter, which takes as much memory again for what it makes of it.
Result<std::string> read_file(ReadContext const& context, std::string_view metadata, std::string_view path) {
  auto const found = repository::find_file(metadata, path);
  if (!found) return found.error();
  if (found->place != repository::Place::file)
    return Error{Code::export_not_possible, fmt::format("the node has no file {}", path)};
  auto const object = open_object(context.files, found->hash);
  if (!object) return object.error();
  if ((*object)->size() > largest_answer)
    return Error{Code::answer_too_large, fmt::format("the file {} of the node is too large for this", path)};
  context.take_memory(2 * (*object)->size());
  std::string text((*object)->size(), '\0');
  for (std::size_t done = 0; done < text.size();) {
    auto const read = (*object)->read(text.data() + done, text.size() - done);
    if (!read) return as_fault(read.error());
    if (*read == 0) return as_fault({Code::store_damaged, "a file is shorter than its repository says"});
    done += *read;
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<repository::Object>> open_object(repository::Objects* files, std::string const& hash) {
  if (files == nullptr)
    return Error{Code::export_not_possible, "this server has no files for this database",
                 "the profile of AiiDA says where they are; a URI of a database does not"};
  auto object = files->open(hash);
  if (!object) return as_fault(std::move(object).error());
  return std::shared_ptr<repository::Object>(*std::move(object));
}

exporters::Node exported(ObjectRow const& row, ReadContext const& context) {
  constexpr std::size_t as_document = 32;  // how much larger than its text JSON becomes, at worst
  auto const attributes = row.at("attributes").value_or("{}");
  context.take_memory(as_document * attributes.size());
  return {std::string(row.at("uuid").value_or("")), std::string(row.at("label").value_or("")), std::string(attributes),
          [&context, metadata = std::string(row.at(files_document).value_or(""))](std::string_view path) {
            return read_file(context, metadata, path);
          }};
}

}  // namespace restapi::api
