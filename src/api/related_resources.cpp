// SPDX-License-Identifier: MIT
#include "api/related_resources.hpp"

namespace restapi::api {
namespace {

using query::FieldRow;
using query::Use;

constexpr FieldRow links[] = {
    {"id", "id", Use::filter_only, "Id", "Id of the link"},
    {"label", "label", Use::filter_only, "Label", "Label of the link, such as structure"},
    {"type", "type", Use::filter_only, "Type", "Type of the link, such as input_calc"},
};

constexpr FieldRow comments[] = {
    {"content", "content", Use::filter_only, "Content", "Text of the comment"},
    {"ctime", "ctime", Use::filter_only, "Creation time", "When the comment was written"},
    {"id", "id", Use::filter_only, "Id", "Id of the comment"},
    {"mtime", "mtime", Use::filter_only, "Last modification time", "When it was last changed"},
    {"user_id", "user_id", Use::filter_only, "Id of author", "Id of the user who has written it", {"users", "id"}},
    {"uuid", "uuid", Use::filter_only, "Unique ID", "Universally unique identifier"},
};

constexpr FieldRow logs[] = {
    {"id", "id", Use::filter_only, "Id", "Id of the line"},
    {"levelname", "levelname", Use::filter_only, "Level", "How serious it is, such as ERROR"},
    {"loggername", "loggername", Use::filter_only, "Logger", "Which part of AiiDA has logged it"},
    {"message", "message", Use::filter_only, "Message", "Text of the line"},
    {"time", "time", Use::filter_only, "Time", "When it was logged"},
};

constexpr query::ResourceRow related_rows[] = {
    {"comments", "Comment", "Comments on nodes", comments},
    {"links", "Link", "Links between nodes", links},
    {"logs", "Log", "What processes have logged", logs},
};

}  // namespace

std::span<query::ResourceRow const> related_resources() { return related_rows; }

}  // namespace restapi::api
