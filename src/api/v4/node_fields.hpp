// SPDX-License-Identifier: MIT
/// What answers about a node read of its row.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "api/v4/object_reading.hpp"
#include "exporters/node.hpp"
#include "query/planner.hpp"

namespace restapi::api::v4 {

/// Fields by name, and whole documents, however long they are.
std::shared_ptr<query::Projection const> node_fields(query::Source const& source, query::Planner const& planner,
                                                     std::initializer_list<std::string_view> names,
                                                     std::initializer_list<std::string_view> documents = {});

/// The node as exporters are given it. Requires the fields label and uuid and the documents attributes and
/// repository_metadata. The context must live as long.
exporters::Node exported(ObjectRow const& row, ReadContext const& context);

}  // namespace restapi::api::v4
