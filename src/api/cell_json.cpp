// SPDX-License-Identifier: MIT
#include "api/cell_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "http/date.hpp"

namespace restapi::api {

using nlohmann::json;

json text_of(std::optional<std::string_view> cell) { return cell ? json(std::string(*cell)) : json(); }

json date_of(std::optional<std::string_view> cell) {
  std::string date;
  return cell && http::append_http_date(date, *cell) ? json(date) : text_of(cell);
}

json integer_of(store::Rows const& rows, std::size_t row, std::size_t column) {
  return rows.at(row, column) ? json(rows.integer_at(row, column)) : json();
}

Answer said(json const& data, std::string_view resource_type, std::int64_t total) {
  Answer answer{Json{data.dump(-1, ' ', false, json::error_handler_t::replace)}, resource_type};
  answer.total = total;
  return answer;
}

}  // namespace restapi::api
