// SPDX-License-Identifier: MIT
#include "api/nodes/download.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "api/cell_json.hpp"
#include "api/nodes/fields.hpp"
#include "api/nodes/node_files.hpp"
#include "api/nodes/object_reading.hpp"
#include "exporters/formats.hpp"
#include "exporters/node_class.hpp"
#include "repository/hash.hpp"

namespace restapi::api {
namespace {

using nlohmann::json;

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

Result<std::unique_ptr<PendingRead>> plan_download(ObjectRequest const& asked, Download download) {
  auto plan = asked.planner.object(asked.view, asked.id, {});
  if (!plan) return std::move(plan).error();
  if (download.format.empty())
    return Error{Code::no_such_object, fmt::format("Please specify the download format. {}", download.ask_for_formats)};
  plan->projection =
      node_fields(plan->source, asked.planner.catalog, {"label", "node_type", "uuid"}, {"attributes", files_document});
  auto const gives = download.is_in_answer ? Gives::json : Gives::file;
  auto tell = [download = std::move(download), resource_type = asked.resource_type](
                  ObjectRow const& row, ReadContext const& context) -> Result<Answer> {
    auto const& format = download.format;
    auto const type = row.at("node_type").value_or("");
    if (type.starts_with("process.") || type.starts_with("calculation."))
      return Error{Code::export_not_possible, "This endpoint is not available for Process nodes."};
    auto const node_class = exporters::node_class(type);
    auto const* const offered = exporters::find_format(node_class, format);
    if (offered == nullptr)
      return Error{Code::no_such_object,
                   fmt::format("The format {} is not supported. {}", format.substr(0, 64), download.ask_for_formats)};
    auto const node = exported(row, context);
    auto made = offered->exporter(node);
    if (!made) return std::move(made).error();
    context.take_memory((download.is_in_answer ? 3 : 1) * made->size());
    auto name = name_of(node, node_class, format);
    if (!download.is_in_answer) {
      auto hash = repository::hash_of(*made);
      return Answer{File{std::move(name), nullptr, *std::move(made), std::move(hash)}, resource_type};
    }
    return said({{"download", {{"data", *made}, {"status", 200}, {"filename", name}}}}, resource_type);
  };
  return read_object(asked, *std::move(plan), {}, std::move(tell), gives);
}

}  // namespace restapi::api
