#pragma once
// What suites share that seal sectors from recorded numbers.
#include <filesystem>

#include <strata/conformance/proofs_vanilla.hpp>
#include <strata/proofs/porep/seal.hpp>

namespace strata::conformance {

// Larger seals take more than a minute: only with --slow.
inline constexpr std::uint64_t kQuickSector = std::uint64_t{64} << 20;

/// A folder that goes with the object.
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
/// A sector's worth of a named pattern, padded, in a file; its piece.
Result<PieceInfo> stage(const std::string& data, std::uint64_t sector_size, const std::filesystem::path& staged);
/// Stages and pre-commits in `folder`.
Result<Sealed> seal(const proofs::SealSubject& subject, const std::string& data, const std::filesystem::path& folder,
                    const std::filesystem::path& parents);
Result<proofs::SealSubject> subject_of(const Json& test);

/// One case's comparisons; each becomes an outcome of its own.
class Comparison {
  public:
    Comparison(const Json& test, const std::string& name, Report& report) : test_(test), name_(name), report_(report) {}
    void field(const char* field, const Json& got) { equal(field, got, test_.at(field)); }
    void equal(const std::string& what, const Json& got, const Json& wanted) {
        report_.expect(got == wanted, name_ + ": " + what);
    }
    void passes(const std::string& what, const Status& status) {
        report_.expect(status.has_value(), name_ + ": " + what, status ? "" : status.error().message());
    }

  private:
    const Json& test_;
    const std::string& name_;
    Report& report_;
};

}  // namespace strata::conformance
