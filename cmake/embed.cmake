# SPDX-License-Identifier: MIT
# Files inside a binary, and the one that this project makes for it.
#
#   include(embed)
#   restapi_make_demo("${CMAKE_CURRENT_BINARY_DIR}/demo.aiida")
#   restapi_embed(restapi_demo NAME restapi_demo_archive FILE "${CMAKE_CURRENT_BINARY_DIR}/demo.aiida")
#
# Needs the language ASM in project() and Python 3 (standard library only), which packages.cmake finds.

# restapi_embed(<target> NAME <symbol> FILE <absolute path>): the bytes of the file, read-only, between the C symbols
# <symbol>_begin and <symbol>_end. The file may be made by the build; the binary follows it when it changes.
# .incbin rather than a byte array: the compiler never sees the content, so a large file costs no compile time.
function(restapi_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 embed "" "NAME;FILE" "")
  if(NOT embed_NAME OR NOT embed_FILE OR embed_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "restapi_embed(<target> NAME <symbol> FILE <file>)")
  endif()
  # .s, not .S: without a preprocessor run, gcc has nothing to say about the C++ warning options of the build.
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${embed_NAME}.s")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[
  .section .rodata
  .balign 16
  .globl @embed_NAME@_begin
  .type @embed_NAME@_begin, %object
@embed_NAME@_begin:
  .incbin "@embed_FILE@"
  .size @embed_NAME@_begin, . - @embed_NAME@_begin
  .globl @embed_NAME@_end
  .type @embed_NAME@_end, %object
@embed_NAME@_end:
  .byte 0
  .size @embed_NAME@_end, 1
  .section .note.GNU-stack, "", %progbits
]])
  # clang would refuse each option of the build that means nothing to an assembler.
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${embed_FILE}"
    COMPILE_OPTIONS "-Wno-unused-command-line-argument")
  target_sources(${target} PRIVATE "${source}")
endfunction()

# restapi_embed_folder(<target> <absolute folder> <file>... [LIBRARIES <name> <path> ...]): files of a folder, as the table
# that src/api/pages/embedded.hpp declares; and files of installed packages, each under a name of ours.
function(restapi_embed_folder target folder)
  cmake_parse_arguments(embed_folder "" "" "LIBRARIES" ${ARGN})
  set(declarations "")
  set(rows "")
  set(index 0)
  foreach(file ${embed_folder_UNPARSED_ARGUMENTS})
    list(APPEND embed_folder_LIBRARIES "${file}" "${folder}/${file}")
  endforeach()
  while(embed_folder_LIBRARIES)
    list(POP_FRONT embed_folder_LIBRARIES name path)
    restapi_embed(${target} NAME restapi_web_${index} FILE "${path}")
    string(APPEND declarations "extern char const restapi_web_${index}_begin[], restapi_web_${index}_end[];\n")
    string(APPEND rows "      {\"${name}\", {restapi_web_${index}_begin, restapi_web_${index}_end}},\n")
    math(EXPR index "${index} + 1")
  endwhile()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_web.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [[
#include "api/pages/embedded.hpp"

extern "C" {
@declarations@}

namespace restapi::api::pages {

std::span<EmbeddedFile const> embedded_files() {
  static EmbeddedFile const files[] = {
@rows@  };
  return files;
}

}  // namespace restapi::api::pages
]])
  target_sources(${target} PRIVATE "${source}")
endfunction()

# restapi_make_demo(<output>): the demonstration archive, made again when its tool or the schema changes. Call it in
# the directory of the target that uses the output: that is how CMake connects the two.
function(restapi_make_demo output)
  set(tool "${PROJECT_SOURCE_DIR}/tools/make_demo.py")
  file(GLOB modules CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/demo/*.py")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND Python3::Interpreter -B "${tool}" "${output}"
    DEPENDS "${tool}" ${modules} "${PROJECT_SOURCE_DIR}/sql/schema/sqlite_gen2.sql"
    COMMENT "Making the demonstration archive"
    VERBATIM)
endfunction()
