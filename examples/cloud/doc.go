// Cloud keeps the bytes of attachments in a bucket, of S3, Google Cloud Storage, Azure or a directory, by gocloud.dev/blob: a store of
// blobs is five short methods. It attaches a file to an account, reads it back, and purges the account with it.
//
//	cd examples/cloud && go run . -bucket mem://
//	cd examples/cloud && go run . -bucket 'file:///tmp/files?create_dir=true'
package main
