#pragma once
// A folder for one test.
#include <stdlib.h>

#include <filesystem>

#include <strata/base/result.hpp>

namespace strata::testing {

/// An empty folder below the system's folder for temporary files; the destructor removes it.
class TempFolder {
  public:
    TempFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "strata_test_XXXXXX";
        STRATA_CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

}  // namespace strata::testing
