#pragma once
// Writes files so that they appear whole or not at all, even after a power cut: a file is written beside its place
// under "NAME.unfinished", synced and renamed, and its folder is synced. An unfinished file is locked while it is
// written, so that two processes cannot write the same file, and what a killed process left can be told from a file
// that is being written. Errors name the file and the cause: io, no_space (the disk is full), busy (a different process
// writes the same file).
#include <filesystem>
#include <string_view>
#include <utility>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// The calls of the operating system that writers use. Tests replace it by a disk that fails at a chosen call. Each
/// function returns 0 or an errno. Any thread may call it.
class Disk {
  public:
    virtual ~Disk() = default;
    /// Writes at the end of the file. `written` is the number of bytes written, which may be fewer than given.
    virtual int write(int file, BytesView bytes, std::size_t& written);
    /// Makes the file at least `size` bytes long and gets disk blocks for all of them.
    virtual int reserve(int file, std::uint64_t size);
    virtual int sync(int file);
    virtual int sync_mapping(void* data, std::size_t size);
    virtual int rename(const std::filesystem::path& from, const std::filesystem::path& to);
    virtual int sync_folder(const std::filesystem::path& folder);
    /// Gives the number of bytes that are free for this user on the disk of `folder`.
    virtual int free_bytes(const std::filesystem::path& folder, std::uint64_t& bytes);

    /// Returns the disk of this process.
    static Disk& current();
};

/// Replaces the disk of the process while it lives. For tests; one at a time.
class DiskInPlace {
  public:
    explicit DiskInPlace(Disk& disk);
    DiskInPlace(const DiskInPlace&) = delete;
    DiskInPlace& operator=(const DiskInPlace&) = delete;
    ~DiskInPlace();
};

/// Returns the error "cannot `what` `path`: cause", with the code no_space if the disk is full, otherwise io.
Error file_error(std::string_view what, const std::filesystem::path& path, int cause);

/// Removes a file, or a folder with everything in it. It is not an error if nothing is there.
Status remove_path(const std::filesystem::path& path);
/// Cuts a file to `size` bytes, or lengthens it with zeros. Errors: no_space; io, also if it is not there.
Status set_file_size(const std::filesystem::path& path, std::uint64_t size);

/// Who may read a new file.
enum class FileAccess : std::uint8_t {
    everybody,   // 0644, less the umask
    owner_only,  // 0600
};

/// Returns the path at which a file or folder is written before it takes its place.
std::filesystem::path unfinished_path(const std::filesystem::path& path);

/// The file beside `path`, empty at first; it is the base of FileWriter and MappedWriter.
class UnfinishedFile {
  public:
    static Result<UnfinishedFile> create(const std::filesystem::path& path, FileAccess access = FileAccess::everybody);
    UnfinishedFile(UnfinishedFile&& other) noexcept
        : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
    UnfinishedFile& operator=(UnfinishedFile&& other) noexcept;
    /// Removes the file unless it was committed.
    ~UnfinishedFile();

    /// Returns the path that the file will have.
    const std::filesystem::path& path() const { return path_; }
    int descriptor() const { return file_; }
    /// Moves the file into its place; it is durable when this returns. Call this once only.
    Status commit();

  private:
    UnfinishedFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}

    std::filesystem::path path_;
    int file_ = -1;
};

/// Writes a whole file at once.
Status write_file(const std::filesystem::path& path, BytesView bytes, FileAccess access = FileAccess::everybody);
/// Reads a whole file. Errors: not_found; too_large above `max` bytes; io, also if it is not a plain file.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t max);

/// Copies a plain file; the copy appears whole or not at all.
Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the folder and those above it, durably. Existing folders stay as they are, but with owner_only the folder
/// itself gets the permissions 0700 even if it exists.
Status make_folders(const std::filesystem::path& folder, FileAccess access = FileAccess::everybody);
/// Renames durably and replaces `to` if it exists.
Status move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes unfinished files of this folder that no process is writing. Errors: io.
Status remove_unfinished(const std::filesystem::path& folder);

}  // namespace strata
