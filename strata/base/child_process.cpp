#include <strata/base/child_process.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include <strata/base/files.hpp>

namespace strata {
namespace {

constexpr int kNotStarted = 127;  // as shells say it

/// Becomes the program. Only calls that are safe after a fork in a process with threads are made here (POSIX,
/// async-signal-safe).
[[noreturn]] void become(const char* program, char* const* arguments, int input, int output, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(kNotStarted);  // the parent ended before the line above
    // A child of its own group does not hear the terminal's Ctrl-C; its parent tells it when to stop.
    setpgid(0, 0);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    execv(program, arguments);
    _exit(kNotStarted);
}

}  // namespace

Result<std::filesystem::path> own_program() {
    std::error_code error;
    auto out = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return fail(Errc::io, "cannot find this program's own file: " + error.message());
    return out;
}

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments,
                                         const std::filesystem::path& output) {
    const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0) return file_error("write", output, errno);
    const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto words = arguments;
    words.insert(words.begin(), program.string());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t id = fork();
    if (id == 0) become(pointers.front(), pointers.data(), in, out, parent);
    const int cause = errno;
    close(in);
    close(out);
    if (id < 0) return file_error("start", program, cause);
    return ChildProcess(id);
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(ended_, other.ended_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (id_ < 0 || ended_) return;
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
}

void ChildProcess::signal(int number) {
    if (!ended()) kill(id_, number);
}

std::optional<ProcessEnd> ChildProcess::ended() {
    if (ended_ || id_ < 0) return ended_;
    int status = 0;
    if (waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
    ended_ = WIFEXITED(status) ? ProcessEnd{false, WEXITSTATUS(status)} : ProcessEnd{true, WTERMSIG(status)};
    return ended_;
}

}  // namespace strata
