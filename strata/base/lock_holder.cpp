#include <strata/base/lock_holder.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <limits>

#include <strata/base/files.hpp>
#include <strata/base/folder_lock.hpp>

namespace strata {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxNumber = 32;  // bytes of the lock file
constexpr std::size_t kMaxOpenFiles = 100'000;

/// Returns true if a process has the file open.
bool has_open(pid_t id, const struct stat& file) {
    std::error_code error;
    std::size_t seen = 0;
    const fs::path folder = "/proc/" + std::to_string(id) + "/fd";
    for (fs::directory_iterator at(folder, error), end; !error && at != end && seen < kMaxOpenFiles;
         at.increment(error), ++seen) {
        struct stat one{};
        if (stat(at->path().c_str(), &one) == 0 && one.st_dev == file.st_dev && one.st_ino == file.st_ino) return true;
    }
    return false;
}

/// Returns the number that the holder wrote into the file; -1 if it is none.
pid_t read_number(const fs::path& path) {
    const auto content = read_file(path, kMaxNumber);
    if (!content) return -1;
    const auto text = as_text(*content);
    pid_t out = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool is_whole = read.ec == std::errc() && std::string_view(read.ptr, text.data() + text.size()) == "\n";
    return is_whole && out > 0 ? out : -1;
}

class File {
  public:
    explicit File(int number) : number_(number) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

  private:
    int number_;
};

/// Returns true if somebody holds the lock of the open file.
Result<bool> is_held(int file, const fs::path& path) {
    if (flock(file, LOCK_SH | LOCK_NB) == 0) {
        flock(file, LOCK_UN);
        return false;
    }
    if (errno == EWOULDBLOCK) return true;
    return file_error("look at the lock of", path, errno);
}

}  // namespace

LockHolder& LockHolder::operator=(LockHolder&& other) noexcept {
    std::swap(process_, other.process_);
    std::swap(id_, other.id_);
    return *this;
}

LockHolder::~LockHolder() {
    if (process_ >= 0) close(process_);
}

// The order matters: the process is held before it is looked at, so that what is true of it is not told of a later one
// with the same number.
Result<std::optional<LockHolder>> LockHolder::find(const fs::path& folder) {
    const auto path = folder / kLockFile;
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<LockHolder>{};
    if (file.number() < 0) return file_error("read", path, errno);
    STRATA_TRY(const bool is_locked, is_held(file.number(), path));
    if (!is_locked) return std::optional<LockHolder>{};
    struct stat status{};
    if (fstat(file.number(), &status) != 0) return file_error("read", path, errno);
    const pid_t id = read_number(path);
    if (id > 0) {
        LockHolder holder(static_cast<int>(syscall(SYS_pidfd_open, id, 0)), id);
        const bool is_open_there = holder.process_ >= 0 && has_open(id, status);
        STRATA_TRY(const bool still_locked, is_held(file.number(), path));
        if (!still_locked) return std::optional<LockHolder>{};  // it ended meanwhile
        if (is_open_there) return std::optional(std::move(holder));
    }
    return fail(Errc::not_found,
                "a process uses " + folder.string() +
                    ", but it cannot be found here: it may be one of a different machine, container or "
                    "user, or of an earlier version; end it where it was started");
}

Status LockHolder::ask_to_end() {
    if (syscall(SYS_pidfd_send_signal, process_, SIGTERM, nullptr, 0) == 0 || errno == ESRCH) return {};
    return file_error("end the process", std::to_string(id_), errno);
}

bool LockHolder::ended_within(std::chrono::milliseconds time) const {
    const auto most = std::chrono::milliseconds(std::numeric_limits<int>::max());
    pollfd waits{process_, POLLIN, 0};
    return poll(&waits, 1, static_cast<int>(std::clamp(time, std::chrono::milliseconds(0), most).count())) == 1;
}

}  // namespace strata
