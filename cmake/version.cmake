# SPDX-License-Identifier: MIT
# Which version this is, told by git's tags, in the order that Debian's packages have:
#
#   at the tag v0.1.0                   0.1.0
#   three commits later                 0.1.0+3.g01feda9
#   at v0.2.0-rc1                       0.2.0~rc1           (~ sorts before everything)
#   262 commits, and no tag yet         0.1.0~dev.262+g01feda9
#   without git, for example a tarball  0.1.0
#
# The last two take the number of project(). Included, this file makes restapi_version, a library of one small file
# (base/program_version.hpp), and the target restapi_version_files. That one is run with each build and asks git, so no
# configuration is needed after a commit; what it writes is touched only when it becomes another.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(RESTAPI_VERSION_FILES "${CMAKE_BINARY_DIR}/version")  # the folder of what is written
  add_custom_target(restapi_version_files
    COMMAND "${CMAKE_COMMAND}" -D "source=${PROJECT_SOURCE_DIR}" -D "output=${RESTAPI_VERSION_FILES}"
      -D "project_version=${PROJECT_VERSION}" -P "${CMAKE_CURRENT_LIST_FILE}"
    BYPRODUCTS "${RESTAPI_VERSION_FILES}/program_version.cpp" "${RESTAPI_VERSION_FILES}/changelog"
      "${RESTAPI_VERSION_FILES}/package_version.cmake"
    COMMENT "Asking git for the version"
    VERBATIM)
  add_library(restapi_version STATIC "${RESTAPI_VERSION_FILES}/program_version.cpp")
  target_include_directories(restapi_version PRIVATE "${PROJECT_SOURCE_DIR}/src")
  add_dependencies(restapi_version restapi_version_files)
  return()
endif()

# restapi_ask_git(<variable> <argument>…): what git says of the source folder; empty when it says nothing. The folder may
# belong to another user: a CI machine checks out as one and builds as another.
function(restapi_ask_git variable)
  execute_process(COMMAND git -c safe.directory=* -C "${source}" ${ARGN}
    OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result ERROR_QUIET)
  if(NOT result STREQUAL "0")
    set(said "")
  endif()
  set(${variable} "${said}" PARENT_SCOPE)
endfunction()

# .git is a folder, or a file in a worktree. A tarball within somebody's repository has neither, and that one is not ours.
set(hash "")
if(EXISTS "${source}/.git")
  restapi_ask_git(hash rev-parse --short=7 HEAD)
endif()
if(hash)
  restapi_ask_git(described describe --tags --long --abbrev=7 --match "v[0-9]*")
  restapi_ask_git(date log -1 --format=%cD)
  if(described MATCHES "^v(.+)-([0-9]+)-(g[0-9a-f]+)$")
    set(commits "${CMAKE_MATCH_2}")
    set(hash "${CMAKE_MATCH_3}")
    string(REPLACE "-" "~" version "${CMAKE_MATCH_1}")
    if(NOT commits EQUAL 0)
      string(APPEND version "+${commits}.${hash}")
    endif()
  else()
    restapi_ask_git(commits rev-list --count HEAD)
    set(version "${project_version}~dev.${commits}+g${hash}")
  endif()
else()
  set(version "${project_version}")
  file(TIMESTAMP "${source}/CMakeLists.txt" date "%a, %d %b %Y %H:%M:%S +0000" UTC)
endif()

configure_file("${source}/src/base/program_version.cpp.in" "${output}/program_version.cpp" @ONLY)
configure_file("${source}/tools/deploy/debian/changelog.in" "${output}/changelog" @ONLY)
configure_file("${source}/tools/deploy/debian/package_version.cmake.in" "${output}/package_version.cmake" @ONLY)
