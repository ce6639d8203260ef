// SPDX-License-Identifier: MIT
#include "api/v4/files.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "api/v4/cell_json.hpp"
#include "api/v4/node_fields.hpp"
#include "api/v4/object_reading.hpp"
#include "base/answer_limits.hpp"
#include "exporters/formats.hpp"
#include "exporters/node_class.hpp"
#include "repository/tree.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api::v4 {
namespace {

using nlohmann::json;
using repository::Place;

constexpr std::string_view tree = "repository_metadata";

Error absolute(std::string const& path) {
  return {Code::wrong_type, fmt::format("path `{}` is not a relative path.", path)};
}

/// What is in a folder, as AiiDA says it.
Result<json> list_of(std::string_view metadata, std::string const& path) {
  auto const folder = repository::list_folder(metadata, path);
  if (!folder) return folder.error();
  switch (folder->place) {
    case Place::nothing:
      return Error{Code::no_such_object, fmt::format("object with path `{}` does not exist.", path)};
    case Place::file:
      return Error{Code::no_such_object, fmt::format("{} is not a directory in this repository", path)};
    case Place::absolute:
      return absolute(path);
    case Place::folder:
      break;
  }
  auto list = json::array();
  for (auto const& member : folder->members)
    list.push_back({{"name", member.name}, {"type", member.is_folder ? "DIRECTORY" : "FILE"}});
  return list;
}

/// What a client learns of a file that should be there: it is the server's business, and the log has more.
Error as_fault(Error error) {
  bool const is_fault = error.code == Code::no_such_object || error.code == Code::store_damaged;
  if (!is_fault) return error;
  error.detail = fmt::format("{} {}", error.message, error.detail);
  error.code = Code::file_damaged;
  return error;
}

/// The content of a file of the tree.
Result<std::shared_ptr<repository::Object>> open_file(repository::Objects* files, std::string const& hash) {
  if (files == nullptr)
    return Error{Code::export_not_possible, "this server has no files for this database",
                 "the profile of AiiDA says where they are; a URI of a database does not"};
  auto object = files->open(hash);
  if (!object) return as_fault(std::move(object).error());
  return std::shared_ptr<repository::Object>(*std::move(object));
}

/// All of a file of a node, for an exporter, which takes as much memory again for what it makes of it.
Result<std::string> read_file(ReadContext const& context, std::string_view metadata, std::string_view path) {
  auto const found = repository::find_file(metadata, path);
  if (!found) return found.error();
  if (found->place != Place::file)
    return Error{Code::export_not_possible, fmt::format("the node has no file {}", path)};
  auto const object = open_file(context.files, found->hash);
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

std::string text_at(ObjectRow const& row, std::string_view field) { return std::string(row.at(field).value_or("")); }

}  // namespace

PlannedRead plan_repo_list(Found const& found, std::string path, query::Planner const& planner,
                           sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, planner, {}, {tree});
  auto tell = [path = std::move(path)](ObjectRow const& row, ReadContext const&) -> Result<Answer> {
    auto list = list_of(row.at(tree).value_or(""), path);
    if (!list) return std::move(list).error();
    return said({{"repo_list", *list}}, "nodes");
  };
  return read_object(*std::move(plan), {}, std::move(tell), dialect);
}

PlannedRead plan_repo_contents(Found const& found, std::string path, query::Planner const& planner,
                               sql::Dialect const& dialect) {
  if (path.empty()) return Error{Code::wrong_type, "filename is not provided"};
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, planner, {}, {tree});
  auto tell = [path = std::move(path)](ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto const file = repository::find_file(row.at(tree).value_or(""), path);
    if (!file) return file.error();
    if (file->place == Place::absolute) return absolute(path);
    if (file->place == Place::nothing) return Error{Code::no_such_object, "No such file is present"};
    if (file->place == Place::folder)
      return Error{Code::wrong_type, fmt::format("object with path `{}` is not a file.", path)};
    auto object = open_file(context.files, file->hash);
    if (!object) return std::move(object).error();
    return Answer{File{path, *std::move(object), {}, file->hash}, "nodes"};
  };
  return read_object(*std::move(plan), {}, std::move(tell), dialect, Gives::file);
}

PlannedRead plan_job_files(Found const& found, std::string path, query::Planner const& planner,
                           sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, planner, {"node_type"}, {tree});
  bool const is_of_output = found.route->kind == RouteKind::output_files;
  auto const* const document = plan->source.bound->find_any_document(tree);
  auto const others = is_of_output && document != nullptr
                          ? sql::entities_read(sql::compile_retrieved(0, *document, dialect))
                          : model::EntitySet();
  auto tell = [=, path = std::move(path)](ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto metadata = text_at(row, tree);
    if (is_of_output) {
      auto const none = json{{"status", 200}, {"data", "This node does not have retrieved folder"}};
      auto const rows = document != nullptr
                            ? context.store.read(sql::compile_retrieved(row.pk, *document, context.store.dialect()))
                            : Result<store::Rows>(store::Rows(1));
      if (!rows) return rows.error();
      if (rows->empty()) return said(none, "calcjobs");
      metadata = rows->at(0, 0).value_or("");
    }
    auto list = list_of(metadata, path);
    if (!list) return std::move(list).error();
    return said(*list, "calcjobs");
  };
  constexpr ProcessClass job{"CalcJobNode", "process.calculation.calcjob.", "calculation.job."};
  return read_process(*std::move(plan), job, others, std::move(tell), dialect);
}

namespace {

constexpr std::string_view ask_for_formats =
    "The available download formats can be queried using the /nodes/download_formats/ endpoint.";

/// The value of a key as a text, with or without quotes; empty: there is none.
std::string word_of(query::Clauses const& clauses, std::string_view key) {
  auto const* const reserved = clauses.find(key);
  if (reserved == nullptr) return {};
  auto const& value = reserved->clause->literals.front().value;
  if (auto const* text = std::get_if<ast::String>(&value)) return text->text;
  if (auto const* word = std::get_if<ast::Word>(&value)) return word->text;
  if (auto const* truth = std::get_if<ast::Boolean>(&value)) return truth->value ? "true" : "false";
  if (auto const* number = std::get_if<ast::Integer>(&value)) return number->digits;
  return {};
}

bool is_false(std::string_view word) { return word == "false" || word == "False" || word == "0"; }

/// The file of a CifData or UpfData is called as its attribute says.
std::string name_of(exporters::Node const& node, std::string_view node_class, std::string const& format) {
  if (node_class == "cif.CifData" || node_class == "upf.UpfData") {
    auto const attributes = json::parse(node.attributes, nullptr, false);
    auto const name = attributes.is_object() ? attributes.find("filename") : attributes.end();
    if (attributes.is_object() && name != attributes.end() && name->is_string()) return name->get<std::string>();
  }
  return node.uuid + "." + format;
}

}  // namespace

PlannedRead plan_download(Found const& found, query::Clauses const& clauses, query::Planner const& planner,
                          sql::Dialect const& dialect) {
  auto plan = planner.object(*found.view, found.id, {});
  if (!plan) return std::move(plan).error();
  auto const format = word_of(clauses, "download_format");
  if (format.empty())
    return Error{Code::no_such_object, fmt::format("Please specify the download format. {}", ask_for_formats)};
  plan->projection = node_fields(plan->source, planner, {"label", "node_type", "uuid"}, {"attributes", tree});
  bool const is_in_answer = is_false(word_of(clauses, "download"));
  auto tell = [=](ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto const type = text_at(row, "node_type");
    if (type.starts_with("process.") || type.starts_with("calculation."))
      return Error{Code::export_not_possible, "This endpoint is not available for Process nodes."};
    auto const node_class = exporters::node_class(type);
    auto const* const offered = exporters::find_format(node_class, format);
    if (offered == nullptr)
      return Error{Code::no_such_object,
                   fmt::format("The format {} is not supported. {}", format.substr(0, 64), ask_for_formats)};
    auto const node = exported(row, context);
    auto made = offered->exporter(node);
    if (!made) return std::move(made).error();
    context.take_memory((is_in_answer ? 3 : 1) * made->size());
    auto name = name_of(node, node_class, format);
    if (!is_in_answer) return Answer{File{std::move(name), nullptr, *std::move(made)}, "nodes"};
    return said({{"download", {{"data", *made}, {"status", 200}, {"filename", name}}}}, "nodes");
  };
  return read_object(*std::move(plan), {}, std::move(tell), dialect, is_in_answer ? Gives::json : Gives::file);
}

exporters::Node exported(ObjectRow const& row, ReadContext const& context) {
  constexpr std::size_t as_document = 32;  // how much larger than its text JSON becomes, at worst
  auto const attributes = row.at("attributes").value_or("{}");
  context.take_memory(as_document * attributes.size());
  return {
      text_at(row, "uuid"), text_at(row, "label"), std::string(attributes),
      [&context, metadata = text_at(row, tree)](std::string_view path) { return read_file(context, metadata, path); }};
}

}  // namespace restapi::api::v4
