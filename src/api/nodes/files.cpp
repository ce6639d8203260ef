// SPDX-License-Identifier: MIT
#include "api/nodes/files.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "api/cell_json.hpp"
#include "api/nodes/fields.hpp"
#include "api/nodes/node_files.hpp"
#include "api/nodes/object_reading.hpp"
#include "repository/tree.hpp"
#include "sql/entities_read.hpp"
#include "sql/node_contents.hpp"

namespace restapi::api {
namespace {

using nlohmann::json;
using repository::Place;

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

Result<Answer> file_at(std::string_view metadata, std::string const& path, std::string_view resource_type,
                       ReadContext const& context) {
  auto const file = repository::find_file(metadata, path);
  if (!file) return file.error();
  if (file->place == Place::absolute) return absolute(path);
  if (file->place == Place::nothing) return Error{Code::no_such_object, "No such file is present"};
  if (file->place == Place::folder)
    return Error{Code::wrong_type, fmt::format("object with path `{}` is not a file.", path)};
  auto object = open_object(context.files, file->hash);
  if (!object) return std::move(object).error();
  return Answer{File{path, *std::move(object), {}, file->hash}, resource_type};
}

/// What is answered of the tree of files of a job.
using TellFiles = std::function<Result<Answer>(std::string_view metadata, ReadContext const& context)>;

PlannedRead plan_files_of_job(ObjectRequest const& asked, JobFiles which, TellFiles tell_files, Gives gives) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog, {"node_type"}, {files_document});
  bool const is_of_output = which == JobFiles::output;
  auto const* const document = plan->source.bound->find_any_document(files_document);
  auto const others =
      is_of_output ? sql::entities_read(sql::compile_retrieved(0, document, asked.dialect)) : model::EntitySet();
  auto tell = [=, type = asked.resource_type, tell_files = std::move(tell_files)](
                  ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    if (!is_of_output) return tell_files(row.at(files_document).value_or(""), context);
    auto const rows = context.store.read(sql::compile_retrieved(row.pk, document, context.store.dialect()));
    if (!rows) return rows.error();
    if (rows->empty()) return said({{"status", 200}, {"data", "This node does not have retrieved folder"}}, type);
    return tell_files(rows->at(0, 0).value_or(""), context);
  };
  constexpr ProcessClass job{"CalcJobNode", "process.calculation.calcjob.", "calculation.job."};
  return read_process(asked, *std::move(plan), job, others, std::move(tell), gives);
}

}  // namespace

PlannedRead plan_repo_list(ObjectRequest const& asked, std::string path) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog, {}, {files_document});
  auto tell = [path = std::move(path), type = asked.resource_type](ObjectRow const& row,
                                                                   ReadContext const&) -> Result<Answer> {
    auto list = list_of(row.at(files_document).value_or(""), path);
    if (!list) return std::move(list).error();
    return said({{"repo_list", *list}}, type);
  };
  return read_object(asked, *std::move(plan), {}, std::move(tell));
}

PlannedRead plan_repo_contents(ObjectRequest const& asked, std::string path) {
  if (path.empty()) return Error{Code::wrong_type, "filename is not provided"};
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  plan->projection = node_fields(plan->source, asked.planner.catalog, {}, {files_document});
  auto tell = [path = std::move(path), type = asked.resource_type](ObjectRow const& row, ReadContext const& context) {
    return file_at(row.at(files_document).value_or(""), path, type, context);
  };
  return read_object(asked, *std::move(plan), {}, std::move(tell), Gives::file);
}

PlannedRead plan_job_files(ObjectRequest const& asked, JobFiles which, std::string path) {
  auto tell = [path = std::move(path), type = asked.resource_type](std::string_view metadata,
                                                                   ReadContext const&) -> Result<Answer> {
    auto list = list_of(metadata, path);
    if (!list) return std::move(list).error();
    return said(*list, type);
  };
  return plan_files_of_job(asked, which, std::move(tell), Gives::json);
}

PlannedRead plan_job_file(ObjectRequest const& asked, JobFiles which, std::string path) {
  auto tell = [path = std::move(path), type = asked.resource_type](std::string_view metadata,
                                                                   ReadContext const& context) -> Result<Answer> {
    auto const file = repository::find_file(metadata, path);
    if (!file || file->place != Place::folder) return file_at(metadata, path, type, context);
    auto list = list_of(metadata, path);
    if (!list) return std::move(list).error();
    return said(*list, type);
  };
  return plan_files_of_job(asked, which, std::move(tell), Gives::file);
}

}  // namespace restapi::api
