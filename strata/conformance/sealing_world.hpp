#pragma once
// Helps the suites that seal sectors from recorded numbers.
#include <filesystem>

#include <strata/conformance/proofs_vanilla.hpp>
#include <strata/proofs/porep/seal.hpp>

namespace strata::conformance {

/// Seals of larger sectors take more than a minute and run with --slow only.
inline constexpr std::uint64_t kQuickSector = std::uint64_t{64} << 20;

/// A new folder, which the destructor removes.
class WorkFolder {
  public:
    WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder();
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

struct Sealed {
    proofs::SealPaths paths;
    proofs::SealCommitments commitments;
    Hash256 replica_id{};
};

Result<std::string> file_sha256(const std::filesystem::path& path);
/// Fills a sector with the data pattern of this name, writes the padded data to `staged` and returns the piece.
Result<PieceInfo> stage(const std::string& data, std::uint64_t sector_size, const std::filesystem::path& staged);
/// Stages and pre-commits a sector in `folder`. `parents` is the folder of the parent tables; it may be empty.
Result<Sealed> seal(const proofs::SealSubject& subject, const std::string& data, const std::filesystem::path& folder,
                    const std::filesystem::path& parents);
Result<proofs::SealSubject> subject_of(const Json& test);

/// Makes the comparisons of one case; each becomes an outcome of its own.
class Comparison {
  public:
    Comparison(const Json& test, const std::string& name, Report& report) : test_(test), name_(name), report_(report) {}
    /// Compares the case's member `field` with `got`.
    void field(const char* field, const Json& got);
    void equal(const std::string& what, const Json& got, const Json& wanted);
    /// Passes if `status` is not an error.
    void passes(const std::string& what, const Status& status);

  private:
    const Json& test_;
    const std::string& name_;
    Report& report_;
};

}  // namespace strata::conformance
