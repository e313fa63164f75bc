#pragma once
// Writes files so that they appear complete or not at all, even after a power cut: a file is written in its folder as
// "NAME.unfinished", synced and renamed, and the folder is synced. An unfinished file is locked while it is written. So
// two processes cannot write the same file, and an unfinished file without a lock was left by a process that was
// killed. Errors name the file and the cause: io, no_space (the disk is full), busy (a different process writes the
// same file).
#include <filesystem>
#include <string_view>
#include <utility>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata {

/// The operating system's calls that writers use. Tests replace the disk of the process with one that fails at a chosen
/// call. Each function returns 0 or an errno. Any thread may call them.
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
    /// Sets `bytes` to the number of bytes that are free for this user on the disk of `folder`.
    virtual int free_bytes(const std::filesystem::path& folder, std::uint64_t& bytes);

    /// Returns the disk of this process.
    static Disk& current();
};

/// Makes `disk` the disk of the process while the object lives. For tests; one object at a time.
class DiskInPlace {
  public:
    explicit DiskInPlace(Disk& disk);
    DiskInPlace(const DiskInPlace&) = delete;
    DiskInPlace& operator=(const DiskInPlace&) = delete;
    ~DiskInPlace();
};

/// Returns the error "cannot `what` `path`: cause", with the code no_space if the disk is full, otherwise io.
Error file_error(std::string_view what, const std::filesystem::path& path, int cause);

/// Removes a file, or a folder with everything in it. A path that does not exist is not an error.
Status remove_path(const std::filesystem::path& path);
/// Cuts a file to `size` bytes, or lengthens it with zeros. Errors: no_space; io, also if the file does not exist.
Status set_file_size(const std::filesystem::path& path, std::uint64_t size);

/// Who may read a new file.
enum class FileAccess : std::uint8_t {
    everybody,   // 0644, less the umask
    owner_only,  // 0600
};

/// Returns the path at which a file or folder is written before it is moved to `path`.
std::filesystem::path unfinished_path(const std::filesystem::path& path);

/// The file at unfinished_path(path), empty at first. FileWriter and MappedWriter are built on it.
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
    /// Moves the file to its path; the file is durable when this returns. Call this once only.
    Status commit();

  private:
    UnfinishedFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}

    std::filesystem::path path_;
    int file_ = -1;
};

/// Writes a complete file.
Status write_file(const std::filesystem::path& path, BytesView bytes, FileAccess access = FileAccess::everybody);
/// Reads a complete file. Errors: not_found; too_large for more than `max` bytes; io, also for anything but a regular
/// file.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t max);

/// Copies a regular file; the copy appears complete or not at all.
Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the folder and those above it, durably. Existing folders stay as they are, but with owner_only the folder
/// itself gets the permissions 0700 even if it exists.
Status make_folders(const std::filesystem::path& folder, FileAccess access = FileAccess::everybody);
/// Renames durably and replaces `to` if it exists.
Status move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes unfinished files of this folder that no process is writing. Errors: io.
Status remove_unfinished(const std::filesystem::path& folder);

/// Returns the bytes of the regular files below a folder; what cannot be read counts as nothing.
std::uint64_t bytes_below(const std::filesystem::path& folder);

}  // namespace strata
