// SPDX-License-Identifier: MIT
#include "app/terminal.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "app/service_manager.hpp"
#include "base/passwords.hpp"
#include "base/printable.hpp"
#include "observation/log_file.hpp"

namespace restapi::app {
namespace {

int refuse_with(std::vector<std::string> const& sentences, char const* end = "") {
  say("", fmt::format("restapi: {}{}", fmt::join(sentences, "\nrestapi: "), end));
  notify_failed(fmt::format("{}", fmt::join(sentences, "; ")));
  return cannot_serve;
}

}  // namespace

// Signals are taken by then, so nobody must be waited for.
void say(char const* where, std::string_view text) {
  spdlog::default_logger()->flush();
  observation::LogFile({.path = where, .name = "message", .gathering = std::chrono::milliseconds{0}}).put(text);
}

// File names, and names that a stranger's database gives to its tables, go to a terminal.
std::string sentence_of(Error const& error) {
  return printable(without_passwords(error.message + (error.hint.empty() ? "" : "; " + error.hint)));
}

int refuse(Error const& error) { return refuse_with({sentence_of(error)}); }

int refuse(config::Options const& options, std::vector<Error> const& errors) {
  std::vector<std::string> sentences;
  for (auto const& mistake : options.mistakes) sentences.push_back(printable(without_passwords(mistake)));
  for (auto const& error : errors) sentences.push_back(sentence_of(error));
  return refuse_with(sentences, options.mistakes.empty() ? "" : "\nRun `restapi --help` for the options.");
}

}  // namespace restapi::app
