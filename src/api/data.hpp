// SPDX-License-Identifier: MIT
/// What stands under "data", as JSON text without white space.
#pragma once

#include <string>
#include <string_view>

#include "api/answer.hpp"
#include "base/answer_limits.hpp"
#include "base/result.hpp"

namespace restapi::api {

/// The content as JSON; there is room for the envelope behind it. What is made of rows may be interrupted by its limits
/// (AnswerLimits). store_failed where the database holds what it should not.
Result<std::string> data_of(Content const& content, AnswerLimits& limits);

/// {"nodes":[{…},…]}
std::string data_of(Objects const& objects, AnswerLimits& limits);

/// {…}, one of them
std::string object_of(Objects const& objects, std::size_t row);

/// The same at the end of a text.
void append_object(std::string& out, query::Projection const& projection, store::Rows const& rows, std::size_t row,
                   AnswerLimits& limits, std::size_t first_column = 0);

/// A value of a column as JSON.
void append_column_value(std::string& out, model::Type type, std::optional<std::string_view> cell);

/// A value as in JSON, but of a string only what it says. False, and nothing is written: it is null. Throws
/// Interrupted.
bool append_plain_value(std::string& out, query::Shown const& field, std::string_view cell, AnswerLimits& limits);

/// {"graph":{"levels":[…],"links":[…],"next":…,"nodes":[…]}}
std::string data_of(Graph const& graph, AnswerLimits& limits);

/// {"attributes":{…}}; NULL is the empty object. store_failed where the database holds something else.
Result<std::string> data_of(Document const& document, AnswerLimits& limits);

/// {"ctime_by_day":{…},"total":N,"types":{…}}
std::string data_of(Statistics const& statistics, AnswerLimits& limits);

/// {"facets":{"state":{"other":0,"values":[{"count":82,"value":"finished"},…]},…}}: the most frequent first. Of
/// date-times `by`: "day", "month" or "year", whichever has not too many.
std::string data_of(Facets const& facets, AnswerLimits& limits);

/// {"d":[{"uuid":…},…],"p":[…]}: of each tag its rows; those of one number belong together. No rows: {}.
std::string data_of(GraphRows const& rows, AnswerLimits& limits);

std::string data_of(Json const& json, AnswerLimits& limits);

/// Nothing: they have no envelope.
std::string data_of(File const& file, AnswerLimits& limits);
std::string data_of(Description const& description, AnswerLimits& limits);
std::string data_of(Page const& page, AnswerLimits& limits);

}  // namespace restapi::api
