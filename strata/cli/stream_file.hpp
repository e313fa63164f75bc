#pragma once
// Files that verbs without a node read and write, where "-" is the standard input or output. What does not fit into
// memory never has to.
#include <memory>
#include <optional>

#include <strata/base/byte_source.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/base/random_file.hpp>
#include <strata/base/watch.hpp>

namespace strata::cli {

/// Returns true for "-".
bool is_standard(const std::filesystem::path& path);

/// A file that is read from front to back.
struct InputStream {
    ByteSource source;
    std::uint64_t size = 0;  // 0 if it is not known
};
/// Opens a regular file, or the standard input for "-". The source reports to `watch` how far it is, with `step`, and
/// ends with `cancelled`. Errors: invalid_argument for anything else, naming `what`; io.
Result<InputStream> open_input(std::string_view what, const std::filesystem::path& path, const Watch& watch,
                               std::string_view step);

/// Opens a file for reading at any place. The standard input is copied to a file without a name first, in TMPDIR.
/// Errors: as open_input(); no_space.
Result<std::shared_ptr<const RandomFile>> open_random(std::string_view what, const std::filesystem::path& path,
                                                      const Watch& watch);

/// A file that is written from front to back, or the standard output. The file appears complete or not at all.
class OutputStream {
  public:
    /// Errors: invalid_argument if the file exists and may not be replaced, and for bytes on a terminal; io.
    static Result<OutputStream> create(std::string_view option, const std::filesystem::path& path, bool may_replace);
    Status write(BytesView bytes);
    std::uint64_t size() const { return size_; }
    Status commit();

  private:
    explicit OutputStream(std::optional<FileWriter> file) : file_(std::move(file)) {}

    std::optional<FileWriter> file_;  // empty for the standard output
    std::uint64_t size_ = 0;
};

}  // namespace strata::cli
