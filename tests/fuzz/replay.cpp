// SPDX-License-Identifier: MIT
/// The main of a fuzz target where libFuzzer is not: runs the target once with every file of the directories named.
/// Fails if a directory is missing or all are empty, since then nothing would be tested.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

int main(int count, char** directories) {
  std::size_t files = 0;
  for (int index = 1; index < count; ++index) {
    std::error_code problem;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(directories[index], problem)) {
      if (!entry.is_regular_file()) continue;
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // the last line names the culprit, also after a crash
      std::ifstream file(entry.path(), std::ios::binary);
      std::vector<char> const bytes(std::istreambuf_iterator<char>(file), {});
      std::vector<std::uint8_t> const data(bytes.begin(), bytes.end());
      LLVMFuzzerTestOneInput(data.data(), data.size());
      ++files;
    }
    if (problem) {
      std::fprintf(stderr, "%s: %s\n", directories[index], problem.message().c_str());
      return 1;
    }
  }
  std::printf("%zu files\n", files);
  return files > 0 ? 0 : 1;
}
