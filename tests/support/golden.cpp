// SPDX-License-Identifier: MIT
#include "support/golden.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/json_text.hpp"
#include "base/program_version.hpp"
#include "support/source_path.hpp"

namespace restapi::test {
namespace {

GoldenCase read_case(std::filesystem::path const& path) {
  GoldenCase golden;
  golden.path = path.string();
  golden.request.peer_address = "127.0.0.1";
  auto const text = read_file(golden.path);
  auto const end = text.find("\n\n");
  golden.head = text.substr(0, end == text.npos ? text.size() : end + 2);
  golden.expected = text.substr(golden.head.size());
  while (!golden.head.ends_with("\n\n")) golden.head += '\n';

  std::istringstream lines(golden.head);
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    auto const blank = line.find(' ');
    auto const rest = blank == line.npos ? "" : line.substr(blank + 1);
    if (line.starts_with("#")) continue;
    if (line.starts_with("@database ")) {
      auto const named = fixture_named(rest);
      if (!named) throw std::runtime_error(golden.path + ": no such database: " + line);
      golden.fixture = *named;
    } else if (line.starts_with("@peer ")) {
      golden.request.peer_address = rest;
    } else if (line.starts_with("@body ")) {
      golden.request.body = net::Body(rest);
    } else if (line == "@private-filters") {
      golden.private_filters = true;
    } else if (golden.request.method.empty()) {
      golden.request.method = line.substr(0, blank);
      golden.request.target = rest;
    } else if (auto const colon = line.find(": "); colon != line.npos) {
      golden.request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    } else {
      throw std::runtime_error(golden.path + ": not a header: " + line);
    }
  }
  if (golden.request.target.empty()) throw std::runtime_error(golden.path + ": no request");
  if (!http::find_header(golden.request.headers, "Host")) golden.request.headers.emplace_back("Host", "localhost:5000");
  return golden;
}

// The same in every answer (access_policy_test looks at them), or another in every process.
bool is_left_out(std::string_view name) {
  constexpr std::string_view names[] = {"Cache-Control", "Content-Security-Policy", "Cross-Origin-Resource-Policy",
                                        "ETag",          "Referrer-Policy",         "X-Content-Type-Options"};
  return std::ranges::find(names, name) != std::end(names);
}

}  // namespace

std::vector<GoldenCase> golden_cases() {
  std::vector<std::filesystem::path> paths;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(source_path("tests/golden")))
    if (entry.path().extension() == ".golden") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<GoldenCase> cases;
  for (auto const& path : paths) cases.push_back(read_case(path));
  return cases;
}

bool has_white_space(std::string_view json) {
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (in_string && json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && std::string_view(" \t\r\n").find(json[i]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::string golden_text(http::Response const& response) {
  std::vector<std::string> headers;
  std::istringstream lines(response.headers.text());
  for (std::string line; std::getline(lines, line);) {
    line.back() = '\n';  // it was CR LF
    if (!is_left_out(line.substr(0, line.find(':')))) headers.push_back(line);
  }
  std::ranges::sort(headers);
  auto text = std::to_string(response.status) + "\n";
  for (auto const& header : headers) text += header;
  if (response.body.text().empty()) return text;
  bool const is_compact_json = response.body.text().starts_with('{') && !has_white_space(response.body.text());
  restapi::AnswerLimits limits;
  text += "\n" + (is_compact_json ? restapi::indented(response.body.text(), response.body.text().npos, limits).value()
                                  : response.body.text());
  if (!text.ends_with('\n')) text += '\n';
  auto const named = "restapi==" + std::string(program_version());
  if (auto const position = text.find(named); position != text.npos) text.replace(position, named.size(), "restapi==…");
  return text;
}

bool is_golden_update() {
  auto const* update = std::getenv("UPDATE_GOLDEN");
  return update && std::string_view(update) == "1";
}

void update(GoldenCase const& golden, std::string const& answer) {
  std::ofstream file(golden.path, std::ios::binary | std::ios::trunc);
  file << golden.head << answer;
  if (!file) throw std::runtime_error("cannot write " + golden.path);
}

}  // namespace restapi::test
