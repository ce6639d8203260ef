// SPDX-License-Identifier: MIT
/// Sources as tests find and open them.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "source/source.hpp"
#include "support/temporary_folder.hpp"
#include "zip_bytes.hpp"

namespace restapi::test {

/// A home and a temporary folder with nothing in them, and a demo.
struct SourceFixture {
  TemporaryFolder folder = {};
  std::string demo = archive_bytes();
  source::SourceContext context = {};

  SourceFixture() {
    std::filesystem::create_directories(folder.path() + "/tmp");
    context.home = folder.path() + "/home";
    context.temporary = folder.path() + "/tmp";
    context.demo = std::as_bytes(std::span(demo));
  }
  SourceFixture(SourceFixture const&) = delete;
  SourceFixture& operator=(SourceFixture const&) = delete;

  void configure(std::string const& json) { folder.write("home/.aiida/config.json", json); }
  Result<std::vector<source::FoundSource>> find(source::SourceSpec const& wanted) const {
    return source::find_sources(wanted, context);
  }
  /// What is found alone, opened.
  Result<source::Source> open(source::SourceSpec const& wanted) const {
    auto const found = find(wanted);
    if (!found) return found.error();
    REQUIRE(found->size() == 1);
    return source::open_source(found->front(), context);
  }
  Result<source::Source> text(std::string const& typed) { return open({source::SourceSpec::Kind::text, typed}); }
  Error error(source::SourceSpec const& wanted) {
    auto const source = open(wanted);
    REQUIRE_FALSE(source);
    CHECK(source.error().code == Code::source_refused);
    CHECK(std::filesystem::is_empty(context.temporary));
    return source.error();
  }
  Error text_error(std::string const& typed) { return error({source::SourceSpec::Kind::text, typed}); }
};

}  // namespace restapi::test
