#include <strata/base/files.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include <strata/base/byte_source.hpp>

namespace strata {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".unfinished";

Disk real_disk;
std::atomic<Disk*> disk_of_process{&real_disk};

mode_t mode_of(FileAccess access) {
    return access == FileAccess::owner_only ? 0600 : 0644;
}

fs::path folder_of(const fs::path& path) {
    const auto folder = path.parent_path();
    return folder.empty() ? "." : folder;
}

/// Returns true if the open file is still at `path`: the process that wrote the file may have renamed it meanwhile.
bool is_named(const fs::path& path, int file) {
    struct stat open{}, named{};
    return ::fstat(file, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
           open.st_ino == named.st_ino;
}

}  // namespace

int Disk::write(int file, BytesView bytes, std::size_t& written) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0) return errno;
    written = static_cast<std::size_t>(n);
    return 0;
}

int Disk::reserve(int file, std::uint64_t size) {
    int cause = EINTR;
    while (cause == EINTR) cause = ::posix_fallocate(file, 0, static_cast<off_t>(size));
    return cause;
}

int Disk::sync(int file) {
    return ::fsync(file) == 0 ? 0 : errno;
}

int Disk::sync_mapping(void* data, std::size_t size) {
    return ::msync(data, size, MS_SYNC) == 0 ? 0 : errno;
}

int Disk::rename(const fs::path& from, const fs::path& to) {
    return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

int Disk::sync_folder(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return errno;
    const int cause = ::fsync(file) == 0 ? 0 : errno;
    ::close(file);
    // Some file systems cannot sync folders and do not need it.
    return (cause == EINVAL || cause == EROFS) ? 0 : cause;
}

int Disk::free_bytes(const fs::path& folder, std::uint64_t& bytes) {
    struct statvfs disk{};
    if (::statvfs(folder.c_str(), &disk) != 0) return errno;
    bytes = disk.f_bavail * disk.f_frsize;
    return 0;
}

Disk& Disk::current() {
    return *disk_of_process.load();
}

DiskInPlace::DiskInPlace(Disk& disk) {
    disk_of_process = &disk;
}
DiskInPlace::~DiskInPlace() {
    disk_of_process = &real_disk;
}

Error file_error(std::string_view what, const fs::path& path, int cause) {
    std::string text = "cannot " + std::string(what) + " " + path.string() + ": ";
    if (cause != ENOSPC && cause != EDQUOT) return fail(Errc::io, text + std::generic_category().message(cause));
    text += cause == EDQUOT ? "the user's disk quota is used up" : "the disk is full";
    std::uint64_t left = 0;
    if (Disk::current().free_bytes(folder_of(path), left) == 0)
        text += " (" + std::to_string(left) + " bytes are free)";
    return fail(Errc::no_space, text);
}

Status remove_path(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    return error ? Status(file_error("remove", path, error.value())) : Status{};
}

Status set_file_size(const fs::path& path, std::uint64_t size) {
    std::error_code error;
    fs::resize_file(path, size, error);
    return error ? Status(file_error("set the size of", path, error.value())) : Status{};
}

fs::path unfinished_path(const fs::path& path) {
    auto out = path;
    out += kSuffix;
    return out;
}

Result<UnfinishedFile> UnfinishedFile::create(const fs::path& path, FileAccess access) {
    const auto beside = unfinished_path(path);
    for (;;) {
        const int file = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_of(access));
        if (file < 0) return file_error("create", beside, errno);
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            const int cause = errno;
            ::close(file);
            if (cause != EWOULDBLOCK) return file_error("lock", beside, cause);
            return fail(Errc::busy, path.string() + " is being written by a different process; wait for it to end");
        }
        // The process that held the lock before may have renamed the file meanwhile. Then this lock is on the finished
        // file, and a new unfinished file must be made.
        if (!is_named(beside, file)) {
            ::close(file);
            continue;
        }
        // From here on the destructor removes the file. A file left by a killed process may have different permissions.
        UnfinishedFile out(path, file);
        if (::fchmod(file, mode_of(access)) != 0 || ::ftruncate(file, 0) != 0)
            return file_error("write", beside, errno);
        return out;
    }
}

UnfinishedFile& UnfinishedFile::operator=(UnfinishedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    return *this;
}

UnfinishedFile::~UnfinishedFile() {
    if (file_ < 0) return;
    // The file is removed before the lock is released, so that a file of a different process is never removed.
    ::unlink(unfinished_path(path_).c_str());
    ::close(file_);
}

Status UnfinishedFile::commit() {
    auto& disk = Disk::current();
    if (const int cause = disk.sync(file_)) return file_error("write", path_, cause);
    if (const int cause = disk.rename(unfinished_path(path_), path_)) return file_error("write", path_, cause);
    ::close(std::exchange(file_, -1));
    if (const int cause = disk.sync_folder(folder_of(path_))) return file_error("write", path_, cause);
    return {};
}

Result<Bytes> read_file(const fs::path& path, std::uint64_t max) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory) return fail(Errc::not_found, path.string() + " does not exist");
    if (!error && size > max)
        return fail(Errc::too_large,
                    path.string() + " has " + std::to_string(size) + " bytes, expected at most " + std::to_string(max));
    // If the size is not known, file_source() gives the more exact error in most cases.
    STRATA_TRY(const auto source, file_source(path));
    if (error) return fail(Errc::io, "cannot read " + path.string() + ": it is not a regular file");
    // One byte more than the file's size is asked for, to notice a file that has grown meanwhile.
    Bytes out(size + 1);
    STRATA_TRY(const auto got, read_full(source, out));
    if (got != size) return fail(Errc::io, path.string() + " changed while it was read; try again");
    out.resize(got);
    return out;
}

Status make_folders(const fs::path& folder, FileAccess access) {
    const bool secret = access == FileAccess::owner_only;
    std::vector<fs::path> missing;
    std::error_code error;
    for (auto path = folder; !path.empty() && !fs::is_directory(path, error); path = path.parent_path()) {
        missing.push_back(path);
        if (path == path.parent_path()) break;
    }
    // The topmost folder is made first, and the folder above each is synced, so that a power cut loses none of them.
    // Only the last one is secret.
    for (; !missing.empty(); missing.pop_back()) {
        const auto& path = missing.back();
        if (path.filename().empty() || path.filename() == ".") continue;
        if (::mkdir(path.c_str(), secret && missing.size() == 1 ? 0700 : 0755) != 0 && errno != EEXIST)
            return file_error("create the folder", path, errno);
        if (!fs::is_directory(path, error)) return file_error("create the folder", path, ENOTDIR);
        if (const int cause = Disk::current().sync_folder(folder_of(path)))
            return file_error("create the folder", path, cause);
    }
    if (secret && ::chmod(folder.c_str(), 0700) != 0) return file_error("change the permissions of", folder, errno);
    return {};
}

Status move_into_place(const fs::path& from, const fs::path& to) {
    auto& disk = Disk::current();
    if (const int cause = disk.rename(from, to)) return file_error("move " + from.string() + " to", to, cause);
    if (const int cause = disk.sync_folder(folder_of(to))) return file_error("write", to, cause);
    return {};
}

Status remove_unfinished(const fs::path& folder) {
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const auto& path = entry->path();
        std::error_code unused;
        if (path.extension() != kSuffix || !entry->is_regular_file(unused) || entry->is_symlink(unused)) continue;
        // A file whose lock is free belongs to no process. Its name is checked under the lock, since its writer may
        // have renamed it meanwhile.
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0) continue;
        if (::flock(file, LOCK_EX | LOCK_NB) == 0 && is_named(path, file)) ::unlink(path.c_str());
        ::close(file);
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return file_error("list the folder", folder, error.value());
    return {};
}

std::uint64_t bytes_below(const std::filesystem::path& folder) {
    std::uint64_t total = 0;
    std::error_code error;
    for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
         !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code unused;
        if (entry->is_regular_file(unused)) total += entry->file_size(unused);
    }
    return total;
}

}  // namespace strata
