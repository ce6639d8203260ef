// SPDX-License-Identifier: MIT
/// The files of a node, read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/nodes/object_reading.hpp"
#include "api/version.hpp"
#include "base/result.hpp"
#include "exporters/node.hpp"
#include "repository/object.hpp"

namespace restapi::api {

/// The document with the tree of files.
inline constexpr std::string_view files_document = "repository_metadata";

/// An object of the tree, at its beginning. `files`: ReadContext::files. That an object is missing or damaged is the
/// server's business, not that of whoever asks: file_damaged.
Result<std::shared_ptr<repository::Object>> open_object(repository::Objects* files, std::string const& hash);

/// A node as exporters are given it. Requires the columns label and uuid and the documents attributes and
/// repository_metadata. The context must live as long.
exporters::Node exported(ObjectRow const& row, ReadContext const& context);

}  // namespace restapi::api
