pub use blst;
pub use wasmtime_c_api;
