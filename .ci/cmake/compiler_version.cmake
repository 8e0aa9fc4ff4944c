# Writes the definition of ingot::jit::compiler_version(): cmake -DOUTPUT=... -DVERSION=... "-DPARTS=file|file" -P compiler_version.cmake
string(REPLACE "|" ";" parts "${PARTS}")
set(digests)
foreach(part IN LISTS parts)
  file(SHA256 ${part} digest)
  string(APPEND digests ${digest})
endforeach()
string(SHA256 digest "${digests}")
string(SUBSTRING ${digest} 0 16 digest)
file(WRITE ${OUTPUT} "#include \"host/jit/compiler.h\"

std::string_view ingot::jit::compiler_version() { return \"${VERSION} code ${digest}\"; }
")
