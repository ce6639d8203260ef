// SPDX-License-Identifier: MIT
/// What answers about a node read of its row.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "model/catalog.hpp"
#include "query/plan.hpp"
#include "query/view.hpp"

namespace restapi::api {

/// A column of nodes, as the model calls it; of a neighbour also one of the link to it: "link.label".
query::Shown node_field(std::string_view column, model::Catalog const& catalog);

/// Such columns, and whole documents, however long they are.
std::shared_ptr<query::Projection const> node_fields(query::Source const& source, model::Catalog const& catalog,
                                                     std::initializer_list<std::string_view> columns,
                                                     std::initializer_list<std::string_view> documents = {});

/// The neighbours of a node, once for each link: a field of the link makes them so. What is shown of them,
/// node_fields() says.
query::View const& view_of_links();

}  // namespace restapi::api
